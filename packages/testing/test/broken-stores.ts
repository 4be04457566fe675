import { brokenCounterStores } from './broken-counter-stores.ts';
import { brokenCursorStores } from './broken-cursor-stores.ts';
import { brokenFeedStores } from './broken-feed-stores.ts';
import { brokenRecordStores } from './broken-record-stores.ts';
import type { BrokenStore } from './broken-store.ts';

export const brokenStores: readonly BrokenStore[] = [
  ...brokenRecordStores,
  ...brokenCursorStores,
  ...brokenCounterStores,
  ...brokenFeedStores,
];
