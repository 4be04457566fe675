import { describe, expect, it } from 'vitest';
import { describeAttempts } from './decorator-attempt-cases.ts';
import { describeClients } from './decorator-client-cases.ts';
import { describeInjection } from './decorator-injection-cases.ts';
import { describeJoining } from './decorator-joining-cases.ts';
import { describeMembers } from './decorator-member-cases.ts';
import { describeMetadata } from './decorator-metadata-cases.ts';
import { describeMisuse } from './decorator-misuse-cases.ts';
import { describeOptions } from './decorator-option-cases.ts';
import { describeResults } from './decorator-result-cases.ts';
import { describeSharedState } from './decorator-shared-state-cases.ts';
import { describeStreams } from './decorator-stream-cases.ts';
import { describeStreamProtocol } from './decorator-stream-protocol-cases.ts';

export type DecoratorMode = 'legacy' | 'standard';

/** The mode in which the decorators of this file, and of all files of cases, are compiled. */
function compiledMode(): DecoratorMode | undefined {
  let mode: DecoratorMode | undefined;
  function observe(...args: unknown[]): void {
    mode = args.length === 3 ? 'legacy' : 'standard';
  }
  class Observed {
    @observe
    method(): void {}
  }
  return Object.hasOwn(Observed.prototype, 'method') ? mode : undefined;
}

/** The behaviour that `@retryWithApiKeyFallback` has in both decorator modes. */
export function describeDecorator(mode: DecoratorMode): void {
  describe(`@retryWithApiKeyFallback as a ${mode} decorator`, () => {
    it(`is compiled as a ${mode} decorator here`, () => {
      expect(compiledMode()).toBe(mode);
    });

    describeInjection();
    describeResults();
    describeJoining();
    describeMisuse();
    describeOptions();
    describeMembers();
    describeMetadata();
    describeClients();
    describeAttempts();
    describeStreams();
    describeStreamProtocol();
    describeSharedState();
  });
}
