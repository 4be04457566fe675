import type { styleText } from 'node:util';

/** How a text looks on a terminal with colours. */
export type Style = Parameters<typeof styleText>[0];
