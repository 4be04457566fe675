import { buildUiOnce } from '../ui/build-ui.ts';

/** Builds the page before the tests, because each file that needs it would start a build of its own. */
export async function setup(): Promise<void> {
  await buildUiOnce();
}
