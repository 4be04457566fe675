import { join } from 'node:path';
import { inject } from 'vitest';
import type { KeyLimits } from '@api-key-fallback/core';
import { RequestedChild } from '../../../test-support/requested-child.ts';
import type { ChildRequests } from './manager-child.ts';
import type { storeClients } from './store-clients.ts';

/** A child process with a key manager that shares its state through a server. */
export class ManagerChild extends RequestedChild<ChildRequests> {
  constructor(port: number, library: keyof typeof storeClients, limits?: KeyLimits) {
    super(join(inject('childScripts'), 'manager-child.mjs'), [
      library,
      String(port),
      limits ? JSON.stringify(limits) : '',
    ]);
  }
}
