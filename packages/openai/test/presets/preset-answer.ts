import type { ErrorVerdict } from '@api-key-fallback/core/adapter';

/** A response of a provider, and the verdict on it. */
export interface PresetAnswer {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** A wait that is left out must be absent from the verdict. Other fields that are left out are not compared. */
  readonly expected: Pick<ErrorVerdict, 'kind'> & {
    readonly reason?: string;
    readonly scope?: 'key' | 'group';
    readonly group?: string;
    readonly bucket?: string;
    readonly retryAfterMs?: number;
    readonly recheckAfterMs?: number;
    /** From the time of the response; the tests send every response at 2026-07-01T12:00:00Z. */
    readonly resetsInMs?: number;
  };
  readonly evidence: 'documented' | 'observed' | 'measured';
  readonly source: string;
}
