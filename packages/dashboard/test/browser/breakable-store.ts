import { MemoryStore, type KeyStateStore } from '@api-key-fallback/core';

/** A store that can go away. */
export class BreakableStore extends MemoryStore {
  isAway = false;

  override async sync(request: Parameters<KeyStateStore['sync']>[0]): ReturnType<KeyStateStore['sync']> {
    if (this.isAway) throw new Error('away');
    return super.sync(request);
  }
}
