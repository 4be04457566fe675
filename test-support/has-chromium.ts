import { existsSync } from 'node:fs';

/** Debian's package, unless CHROMIUM_PATH names another one. */
export const chromiumPath: string = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Whether there is a browser to test with. */
export function hasChromium(): boolean {
  return existsSync(chromiumPath);
}
