import { buildUiOnce } from './build-ui.ts';
import type { UiFiles } from './ui-files.ts';

/** The page, built from its sources: for tests and the demo, which run without a build of the package. */
export const uiFiles: UiFiles = await buildUiOnce();
