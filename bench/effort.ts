/** How much time is spent on measuring. */
export interface Effort {
  readonly rounds: number;
  readonly sampleMs: number;
  readonly warmUpMs: number;
  /** Fresh processes for each package. */
  readonly processes: number;
  /** Leaves out what the budget says nothing about. */
  readonly isQuick: boolean;
}

// Samples are short, so that a busy machine disturbs few of them, and long enough to hold their share of garbage collection.
const sampleMs = 4;

export const fullEffort: Effort = { rounds: 201, sampleMs, warmUpMs: 500, processes: 21, isQuick: false };

export const quickEffort: Effort = { rounds: 31, sampleMs, warmUpMs: 200, processes: 11, isQuick: true };
