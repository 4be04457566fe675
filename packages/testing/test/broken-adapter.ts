import type { ProviderAdapter } from '@api-key-fallback/core';
import type { RecordedErrors } from '../src/vitest.ts';
import type { SoundClient } from './sound-adapter.ts';

/** A subject of the suite with one fault. */
export interface BrokenAdapter {
  readonly name: string;
  readonly adapter: ProviderAdapter<SoundClient>;
  readonly recorded?: RecordedErrors;
  /** Whether the suite is told how to use a client. @default true */
  readonly isUsed?: boolean;
  /** Every check that must fail; no other may. */
  readonly fails: readonly string[];
}
