import type { SeriesView } from '../../src/protocol/provider-document.ts';

/** A series of one point for each number of `ok`, with what a test gives besides. */
export function seriesOf(given: Partial<SeriesView> & Pick<SeriesView, 'ok'>): SeriesView {
  const noCalls = given.ok.map(() => -1);
  return {
    stepMs: 60_000,
    lastAtMs: 1_700_000_040_000,
    firstIndex: 0,
    failures: {},
    p50: noCalls,
    p95: noCalls,
    p99: noCalls,
    ...given,
  };
}
