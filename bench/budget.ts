/** One limit on speed or size. */
export interface BudgetLine {
  /** The name of the measure in its case. */
  readonly measure: string;
  readonly limit: number;
  readonly unit: '×' | 'bytes' | 'MB' | 'ms' | 'ns' | 'transitions';
  /** What the value should be. `limit` guards what it is. */
  readonly aim?: number;
}

/** Our limits, as medians of one run with default options: events and counters on, no listener, log level `warn`. */
export const budget: readonly BudgetLine[] = [
  // The context of each attempt alone costs most of the aim.
  { measure: 'happy path: added time vs cockatiel', limit: 3, unit: '×', aim: 1.2 },
  { measure: 'happy path: bytes vs cockatiel', limit: 1, unit: '×' },
  { measure: 'operation, client or argument: added time vs none', limit: 1.5, unit: '×' },
  { measure: 'a signal: added time', limit: 500, unit: 'ns' },
  // Two attempts, so two contexts; each costs two thirds of what p-retry adds in all. Reading an error of any client costs as much
  // as p-retry adds. A slow machine shows 5 to 8.
  { measure: 'one failure: added time vs p-retry', limit: 6, unit: '×', aim: 2 },
  { measure: 'next key: added time vs same key', limit: 1.5, unit: '×' },
  { measure: '10,000 keys: added time vs 4 keys', limit: 1.5, unit: '×' },
  { measure: 'state per key: bytes', limit: 1024, unit: 'bytes' },
  { measure: 'failing key: transitions', limit: 1, unit: 'transitions' },
  { measure: 'limits: added time', limit: 150, unit: 'ns' },
  { measure: '10,000 keys with limits: added time vs 4 keys', limit: 1.5, unit: '×' },
  // More than 1, because a larger burst leaves more garbage.
  { measure: '1,000 calls on a failing key: time per call vs 100 calls', limit: 1.25, unit: '×' },
  // Each chunk enters the attempt's context again, which costs 200 ns or more.
  { measure: 'stream: added time per chunk', limit: 400, unit: 'ns', aim: 150 },
  // 1.5 times what it is with one listener and one timer per stream; with one of each per chunk it was 23.
  { measure: 'stream with signal and idleTimeout: time per chunk vs a bare generator', limit: 8.5, unit: '×' },
  { measure: 'with a store: added time vs no store', limit: 1.1, unit: '×' },
  { measure: 'traced call: added time', limit: 3000, unit: 'ns' },
  { measure: 'traced call, spans not recorded: added time', limit: 3000, unit: 'ns' },
  { measure: 'outage: hold of the event loop', limit: 20, unit: 'ms' },
  { measure: 'managers made and closed: bytes left behind by each', limit: 100, unit: 'bytes' },
  { measure: 'import of core: time', limit: 25, unit: 'ms' },
  { measure: 'import of core: memory', limit: 20, unit: 'MB' },
  // 400 ns and 25 ms as ratios, so that any machine can check them. Bare Node starts in 31 ms where 25 ms were decided.
  { measure: 'stream: time per chunk vs a bare generator', limit: 5, unit: '×' },
  { measure: 'import of core: time vs bare Node', limit: 0.8, unit: '×' },
];
