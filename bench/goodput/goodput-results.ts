import type { SceneResult } from './measure-scene.ts';

/** One run of the goodput benchmark, as the JSON file keeps it. */
export interface GoodputResults {
  readonly date: string;
  readonly scenes: readonly SceneResult[];
  readonly trials: readonly SceneResult[];
}
