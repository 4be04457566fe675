import { startVitest, type TestModule, type Vitest } from 'vitest/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeProviderAdapter, type RecordedErrors } from '../src/vitest.ts';
import { brokenAdapters } from './broken-adapters.ts';
import { soundAdapter, soundErrors } from './sound-adapter.ts';

const conditions = ['@api-key-fallback/source'];

describe('the suite', () => {
  describeProviderAdapter(soundAdapter, soundErrors(), {
    clientOptions: (url) => ({ url }),
    useClient: (ask) => ask(),
  });

  it('demands an error for every kind of verdict, and fields that the kind has', () => {
    const { transient, ...others } = soundErrors();
    // @ts-expect-error: transient is missing
    const incomplete: RecordedErrors = others;
    // @ts-expect-error: an empty list is no example
    const empty: RecordedErrors = { ...others, transient: [] };
    const expected = { recheckAfterMs: 1000 };
    // @ts-expect-error: a transient failure has no time of a re-check
    const misplaced: RecordedErrors = { ...others, transient: [{ ...transient[0], expected }] };
    expect([incomplete, empty, misplaced]).toHaveLength(3);
  });
});

describe('the suite on an adapter that', () => {
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
        include: ['broken-adapters.suite.ts'],
        reporters: [{}],
      },
      { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } },
    );
    // The run that fails as it should must not make this one fail.
    process.exitCode = exitCode;
    modules = vitest.state.getTestModules();
  }, 60_000);

  afterAll(() => vitest?.close());

  for (const { name, fails } of brokenAdapters) {
    it(`${name} fails just where it is broken`, () => {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const own = tests.filter((test) => test.fullName.startsWith(`An adapter that ${name} > `));
      expect(own.length).toBeGreaterThan(80);
      const failed = own.filter((test) => test.result().state === 'failed').map((test) => test.name);
      expect(failed).toEqual(fails);
    });
  }
});
