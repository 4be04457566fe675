import { readField } from '@api-key-fallback/core';
import type { BrokenAdapter } from './broken-adapter.ts';
import { clientFor, soundAdapter, type SoundClient } from './sound-adapter.ts';

const sendsItsKey = 'sends the key it was made for, and no other';

function asksOnce(...statuses: readonly number[]): string[] {
  return statuses.map((status) => `sends one request, and its key the next time, when the answer is ${status}`);
}

const everything = [sendsItsKey, ...asksOnce(401, 403, 408, 409, 429, 500, 503)];

function connecting(createClient: (secret: string, url: string) => SoundClient): typeof soundAdapter {
  return {
    ...soundAdapter,
    createClient: (secret, options) => createClient(secret, String(readField(options, 'url'))),
  };
}

/** Clients that take the key of a variable, where there is one. */
function readingVariable(name: string): typeof soundAdapter {
  return connecting((secret, url) => clientFor(() => process.env[name]?.split(',')[0] ?? secret, url));
}

/** Clients that ask again by themselves after some answers. */
function repeating(...statuses: readonly number[]): typeof soundAdapter {
  return connecting((secret, url) => {
    const ask = clientFor(() => secret, url);
    return () =>
      ask().catch((error: unknown) => {
        if (!statuses.includes(Number(readField(error, 'status')))) throw error;
        return ask();
      });
  });
}

/** Clients that go on with the key of the environment after some answer. */
function switchingAfter(status: number): typeof soundAdapter {
  return connecting((secret, url) => {
    let key: string | undefined = secret;
    const ask = clientFor(() => key ?? '', url);
    return () =>
      ask().catch((error: unknown) => {
        if (readField(error, 'status') === status) key = process.env['SOUND_API_KEY'];
        throw error;
      });
  });
}

const lastKey = { secret: '' };

/** Adapters that make bad clients. */
export const brokenClients: readonly BrokenAdapter[] = [
  {
    name: 'makes clients that the suite cannot use',
    adapter: connecting((_, url) => clientFor(() => 'a-foreign-key', url)),
    isUsed: false,
    fails: ['has its clients checked, for which useClient is needed'],
  },
  {
    name: 'makes clients with a foreign key',
    adapter: connecting((_, url) => clientFor(() => 'a-foreign-key', url)),
    fails: everything,
  },
  ...['SOUND_API_KEY', 'SOUND_API_KEY_2', 'SOUND_API_KEYS'].map((name) => ({
    name: `makes clients with the key in ${name}`,
    adapter: readingVariable(name),
    fails: everything,
  })),
  {
    name: 'makes clients that share the last key',
    adapter: connecting((secret, url) => {
      lastKey.secret = secret;
      return clientFor(() => lastKey.secret, url);
    }),
    fails: everything,
  },
  {
    name: 'makes clients that send two keys',
    adapter: connecting((secret, url) => clientFor(() => `${secret} ${process.env['SOUND_API_KEY']}`, url)),
    fails: everything,
  },
  ...[408, 409, 429, 500, 503].map((status) => ({
    name: `makes clients that try again after a ${status}`,
    adapter: repeating(status),
    fails: asksOnce(status),
  })),
  ...[401, 403].map((status) => ({
    name: `makes clients that take another key after a ${status}`,
    adapter: switchingAfter(status),
    fails: asksOnce(status),
  })),
];
