import { MemoryStore } from '@api-key-fallback/core';
import type { SyncReply, SyncRequest } from '@api-key-fallback/core/store';

/** A store that can be away. */
export class SwitchableStore extends MemoryStore {
  isAway = false;

  override sync(request: SyncRequest): Promise<SyncReply> {
    return this.isAway ? Promise.reject(new Error('Connection refused.')) : super.sync(request);
  }
}
