import { buildUiOnce } from '../ui/build-ui.ts';
import { hasChromium } from '../../../test-support/has-chromium.ts';

/** Builds the page before the tests, because each file that needs it would start a build of its own. Says what is skipped. */
export async function setup(): Promise<void> {
  if (!hasChromium()) {
    process.stderr.write(
      '\n!!! chromium is not installed (apt install chromium, or set CHROMIUM_PATH): THE TESTS OF THE DASHBOARD IN A BROWSER ARE SKIPPED\n\n',
    );
  }
  await buildUiOnce();
}
