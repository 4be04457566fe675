import { join } from 'node:path';
import { inject } from 'vitest';
import { RequestedChild } from '../../../test-support/requested-child.ts';
import type { ChildRequests } from './manager-child.ts';
import type { storeClients } from './store-clients.ts';

/** A child process with a key manager that shares its state through a server. */
export class ManagerChild extends RequestedChild<ChildRequests> {
  constructor(port: number, library: keyof typeof storeClients) {
    super(join(inject('childScripts'), 'manager-child.mjs'), [library, String(port)]);
  }
}
