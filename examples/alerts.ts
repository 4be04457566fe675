// Shows the messages that go out when keys fail. Needs no key and no account: servers on this machine play OpenAI, the receiver of a
// webhook and a mail server.
// Run: npx pnpm@12 example examples/alerts.ts, with API_KEY_FALLBACK_LOCALE=pt-BR for messages in Portuguese
import { randomBytes } from 'node:crypto';
import { email, watchKeys, webhook } from '@api-key-fallback/alerts';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer } from '@api-key-fallback/testing';
import { createTransport } from 'nodemailer';
import { startMailServer } from './alerts/mail-server.ts';
import { startWebhookReceiver } from './alerts/webhook-receiver.ts';

const [first, second, third] = [
  'sk-demo-first-4f9a81c2e07b',
  'sk-demo-second-77d0b3a9c1f',
  'sk-demo-third-1c5e9b02d4a6',
];
const secret = `whsec_${randomBytes(32).toString('base64')}`;
await using provider = await startProviderServer({ keys: { [first]: ['ok'], [second]: ['ok'], [third]: ['ok'] } });
await using receiver = await startWebhookReceiver(secret);
await using mails = await startMailServer();

const keys = [
  { key: first, label: 'team-a' },
  { key: second, label: 'team-b' },
];
const manager = new OpenAIKeyManager(keys, { clientOptions: { baseURL: provider.openaiBaseURL }, logger: false });

const watch = watchKeys({
  managers: [manager],
  channels: [
    webhook(receiver.url, { secret }),
    email({ transport: createTransport(mails.url), from: 'Alerts <alerts@example.com>', to: 'team@example.com' }),
  ],
  dashboardUrl: 'https://keys.example.com',
  // Short times for the demo. The defaults wait longer, so that a brief failure sends nothing and a long one sends few messages.
  groupWaitMs: 300,
  groupIntervalMs: 300,
  rules: {
    'provider.exhausted': { forMs: 0, keepFiringMs: 0 },
    'last.key': { forMs: 0, keepFiringMs: 0 },
    'key.invalid': { keepFiringMs: 0 },
  },
});

async function call(): Promise<void> {
  const models = manager.retryWithFallback((openai) => openai.models.list(), { inject: 'client', maxRetries: 1 });
  await models.then(
    () => console.log('   A call has succeeded.'),
    (error: Error) => console.log(`   A call has failed: ${error.message}`),
  );
}

async function showMessages(): Promise<void> {
  console.log(`\n   Webhook: ${await receiver.inbox.next()}`);
  console.log(`\n   Mail:\n\n${(await mails.inbox.next()).replaceAll(/^/gm, '   | ')}\n`);
}

console.log('1. A test message');
for (const { channel, isDelivered } of await watch.test())
  console.log(`   ${channel}: ${isDelivered ? 'ok' : 'failed'}`);
await showMessages();

console.log('2. The key of team-a is revoked');
provider.script(first, ['invalid-key']);
await call();
await showMessages();

console.log('3. The quota of team-b is used up as well');
provider.script(second, ['quota-exhausted']);
await call();
await showMessages();

console.log('4. Team-a has a new key, and team-b has paid');
manager.replaceKey(first, { key: third, label: 'team-a' });
provider.script(second, ['ok']);
manager.reset();
await call();
await showMessages();

await watch.close();
await manager.close();
