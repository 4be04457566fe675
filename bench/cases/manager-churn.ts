import { setImmediate } from 'node:timers/promises';
import { benchManager, fakeKeys } from '../bench-manager.ts';
import type { CaseReport } from '../report.ts';

const managers = 10_000;
const [first = ''] = fakeKeys(1);

async function useOne(tenant: number): Promise<void> {
  const manager = benchManager([`${first}-of-tenant-${tenant}`, `${first}-of-another-${tenant}`]);
  await manager.retryWithFallback(() => 1);
  await manager.close();
}

/** The cost of managers that come and go, each with keys of its own. */
export async function managerChurn(): Promise<CaseReport> {
  for (let tenant = 0; tenant < managers; tenant++) await useOne(-tenant);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  for (let tenant = 0; tenant < managers; tenant++) await useOne(tenant);
  const ms = performance.now() - start;
  await setImmediate();
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / managers;
  const count = managers.toLocaleString('en');
  return {
    title: 'Managers that come and go',
    about: `${count} managers are made with two keys each, used for one call and closed, after as many others.`,
    tables: [
      {
        title: 'Time and memory',
        columns: [`ms for ${count}`, 'bytes left behind, per manager'],
        rows: [{ name: 'made, used once and closed', values: [ms, bytes] }],
      },
    ],
    measures: { 'managers made and closed: bytes left behind by each': { value: bytes } },
  };
}
