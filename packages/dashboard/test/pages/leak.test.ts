import { describe, expect, it } from 'vitest';
import { formatView } from '../../src/protocol/view.ts';
import { adapterOf, Scene } from '../collect/scene.ts';

const secrets = [
  'sk-live-1234567890abcdefghij',
  'plain0secret1of2a3key4without5prefix',
  'AIzaSyD0123456789abcdefghijklmnopq',
];

/** No part of a key may be anywhere, except for the ends that masked keys show. */
function expectNoSecret(text: string): void {
  for (const secret of secrets) {
    for (let start = 4; start + 8 <= secret.length; start++) {
      expect(text).not.toContain(secret.slice(start, start + 8));
    }
  }
}

describe('documents', () => {
  it('contain no key, whatever the application and the provider name after one', async () => {
    const scene = new Scene();
    const [first = '', second = '', third = ''] = secrets;
    const adapter = {
      ...adapterOf('acme', 'Acme'),
      classifyError: () => ({ kind: 'rate-limited', reason: `limited ${second}`, retryAfterMs: 5000 }) as const,
    };
    const keys = [
      { label: 'main', key: first, group: 'team', slot: 'one' },
      { label: 'spare', key: second },
      { label: 'last', key: third, limits: { buckets: { search: { requestsPerDay: 1 } } } },
    ];
    const manager = scene.manager(keys, {}, adapter);
    const collector = scene.watch([manager]);
    const fail = (key: string): never => {
      throw Object.assign(new Error(`Incorrect API key provided: ${key}\nsee https://acme.example/?key=${first}`), {
        headers: { authorization: `Bearer ${key}` },
        apiKey: key,
      });
    };
    for (const operation of [first, `search ${second}`, 'search']) {
      await manager.retryWithFallback(fail, { operation, maxRetries: 2 }).catch(() => {});
      await scene.clock.advance(100);
      manager.reset();
    }
    manager.disable(first, { actor: `ana ${third}` });
    collector.feed.add('alert.tested', { channel: second, message: third, actor: first });
    manager.addKeys([{ key: `${second}-new`, label: 'new' }]);
    await scene.clock.advance(20_000);
    const ids = manager.status().keys.map(({ keyId }) => keyId);
    const views = [
      'page=overview',
      'page=events',
      'page=alerts',
      'page=provider&provider=acme',
      ...ids.map((key) => `page=provider&provider=acme&key=${key}`),
      formatView({ page: 'events', provider: '', kinds: ['health', 'calls', 'store', 'actions'], search: '' }),
    ];
    const text = views.map((view) => JSON.stringify(scene.document(view))).join('\n');
    expect(text).toContain('[redacted]');
    expect(text).toContain('Incorrect API key provided');
    expectNoSecret(text);
  });
});
