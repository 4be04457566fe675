import type { Scheme } from './scheme.ts';
import { cockatielBreakers } from './schemes/cockatiel-breakers.ts';
import { guideLoop } from './schemes/guide-loop.ts';
import { ours } from './schemes/ours.ts';
import { pRetryNextKey } from './schemes/p-retry-next-key.ts';
import { plainRotation } from './schemes/plain-rotation.ts';
import { randomKey } from './schemes/random-key.ts';

/** This library with default options; the bar is for this one. */
export const inOrder: Scheme = ours('in-order');

export const ourSchemes: readonly Scheme[] = [inOrder, ours('round-robin'), ours('least-used')];

export const otherSchemes: readonly Scheme[] = [guideLoop, pRetryNextKey, cockatielBreakers, plainRotation, randomKey];
