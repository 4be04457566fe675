import { startVitest, type TestCase, type Vitest } from 'vitest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapterMutants } from './adapter-mutants.ts';
import { storeMutants } from './store-mutants.ts';

const conditions = ['@api-key-fallback/source'];

describe('the suites', () => {
  let vitest: Vitest | undefined;
  let tests: TestCase[] = [];

  beforeAll(async () => {
    const exitCode = process.exitCode;
    vitest = await startVitest(
      'test',
      [],
      { config: false, watch: false, root: import.meta.dirname, include: ['mutants.suite.ts'], reporters: [{}] },
      { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } },
    );
    // The inner run is expected to fail and must not set the exit code of this one.
    process.exitCode = exitCode;
    tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
  }, 60_000);

  afterAll(() => vitest?.close());

  function expectFailures(mutant: string, leastChecks: number, expected: readonly string[]): void {
    const own = tests.filter((test) => test.fullName.startsWith(`${mutant} > `));
    expect(own.length).toBeGreaterThan(leastChecks);
    expect(own.filter((test) => test.result().state === 'failed').map((test) => test.name)).toEqual(expected);
  }

  it.each(adapterMutants)('fail an adapter that $name, only in the broken checks', ({ name, fails }) => {
    expectFailures(`An adapter that ${name}`, 80, fails);
  });

  it.each(storeMutants)('fail a store that $name, only in the broken checks', ({ name, fails }) => {
    expectFailures(
      `A store that ${name}`,
      40,
      fails.map((does) => `it ${does}`),
    );
  });
});
