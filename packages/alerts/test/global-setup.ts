import type { TestProject } from 'vitest/node';
import { hasAlertmanager } from './alertmanager-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    hasAlertmanager: boolean;
  }
}

/** Says once at the start which tests are skipped. */
export function setup(project: TestProject): void {
  const isInstalled = hasAlertmanager();
  project.provide('hasAlertmanager', isInstalled);
  if (isInstalled) return;
  process.stderr.write(
    '\n!!! prometheus-alertmanager is not installed (apt install prometheus-alertmanager): ITS TESTS ARE SKIPPED\n\n',
  );
}
