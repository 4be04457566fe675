// For stores: `@api-key-fallback/core/store`.

export { checkOptionNames } from './base/check-option-names.ts';
export { freshRecord, isSameRecord, isUnavailableReason, joinRecords } from './state/key-record.ts';
export type { KeyRecord, UnavailableReason } from './state/key-record.ts';
export type { WindowCounters } from './state/usage-counts.ts';
export type {
  Change,
  ChangeListener,
  Cursor,
  KeyStateStore,
  Lease,
  SyncReply,
  SyncRequest,
} from './stores/key-state-store.ts';
