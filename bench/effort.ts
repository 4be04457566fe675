/** How much time to spend on measuring. */
export interface Effort {
  readonly rounds: number;
  readonly sampleMs: number;
  readonly warmUpMs: number;
  /** New processes per package. */
  readonly processes: number;
  /** Skips cases without a limit in the budget. */
  readonly isQuick: boolean;
}

// Short enough that a busy machine disturbs few samples, and long enough to include their share of garbage collection.
const sampleMs = 4;

export const fullEffort: Effort = { rounds: 201, sampleMs, warmUpMs: 500, processes: 21, isQuick: false };

export const quickEffort: Effort = { rounds: 31, sampleMs, warmUpMs: 200, processes: 11, isQuick: true };
