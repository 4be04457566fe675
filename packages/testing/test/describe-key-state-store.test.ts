import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryStore } from '@api-key-fallback/core';
import { startVitest, type TestModule, type Vitest } from 'vitest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeKeyStateStore } from '../src/vitest.ts';
import { brokenStores } from './broken-stores.ts';
import { MinimalBackend, MinimalStore } from './minimal-store.ts';

const conditions = ['@api-key-fallback/source'];

describeKeyStateStore('MemoryStore', () => {
  let now = Date.UTC(2026, 6, 1);
  const store = new MemoryStore({ now: () => now });
  return { open: () => store, advance: (ms) => void (now += ms) };
});

describeKeyStateStore('MemoryStore on the real clock', () => {
  const store = new MemoryStore();
  return { open: () => store };
});

describeKeyStateStore('The store of the documentation', () => {
  const backend = new MinimalBackend();
  return { open: async () => new MinimalStore(backend) };
});

it('is the store that the documentation shows', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/write-a-store.md'), 'utf8');
  const store = readFileSync(join(import.meta.dirname, 'minimal-store.ts'), 'utf8');
  expect(page).toContain(`\n\`\`\`ts\n${store}\`\`\`\n`);
});

describe('the suite', () => {
  let vitest: Vitest | undefined;
  let modules: TestModule[] = [];

  beforeAll(async () => {
    const exitCode = process.exitCode;
    vitest = await startVitest(
      'test',
      [],
      {
        config: false,
        watch: false,
        root: import.meta.dirname,
        include: ['broken-stores.suite.ts'],
        reporters: [{}],
      },
      { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } },
    );
    // The run that fails as it should must not make this one fail.
    process.exitCode = exitCode;
    modules = vitest.state.getTestModules();
  }, 120_000);

  afterAll(() => vitest?.close());

  for (const { name, fails } of brokenStores) {
    it(`fails a store that ${name}, just where it is broken`, () => {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const own = tests.filter((test) => test.fullName.startsWith(`A store that ${name} > `));
      expect(own.length).toBeGreaterThan(40);
      const failed = own.filter((test) => test.result().state === 'failed').map((test) => test.name);
      expect(failed).toEqual(fails.map((does) => `it ${does}`));
    });
  }

  it('has a broken store for each of its checks', () => {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const titles = new Set(tests.map((test) => test.name));
    expect(
      [...titles].filter((title) => !brokenStores.some(({ fails }) => fails.some((does) => title === `it ${does}`))),
    ).toEqual([]);
  });
});
