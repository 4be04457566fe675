import { email, type Notification } from '@api-key-fallback/alerts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atMs, refusedKey, resolvedAlert, sampleAlert, sampleNotification } from '../sample-notification.ts';
import { failureOf, sendThrough } from '../send-through.ts';
import { Sink } from '../sink.ts';
import { fillings, worstNotification } from '../worst-notification.ts';
import { MailServer } from './mail-server.ts';
import type { ParsedMail } from 'mailparser';
import { createTransport } from 'nodemailer';

const dayMs = 86_400_000;

let server: MailServer;

beforeEach(async () => {
  server = await MailServer.start();
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

const addresses = { from: 'Key alerts <alerts@keys.example>', to: ['ops@example.com', 'Ana <ana@example.com>'] };

async function sent(changes: Partial<Notification> = {}): Promise<ParsedMail> {
  await sendThrough(email({ transport: server.transport(), ...addresses }), changes);
  return server.mails.at(-1) as ParsedMail;
}

it('sends a mail with a subject, as text and in HTML', async () => {
  const mail = await sent();
  expect(mail.subject).toBe('[critical] OpenAI: no key left');
  expect(mail.from?.text).toBe('"Key alerts" <alerts@keys.example>');
  expect([mail.to].flat()[0]?.text).toBe('ops@example.com, "Ana" <ana@example.com>');
  expect(mail.date).toEqual(new Date(atMs));
  expect(mail.text).toMatchInlineSnapshot(`
    "OpenAI: no key left

    What is wrong
    None of the 2 keys of OpenAI can be used.

    Started
    03:12 UTC, 12 minutes ago

    What the service does meanwhile
    Calls fail now, unless they wait (onExhausted: 'wait') or go on with another pool (fallbackTo).

    When it gets better
    The first key is back in 4 hours, 36 minutes (08:00 UTC).

    What you can do
    Create a new key at the provider and replace the refused key with replaceKey() or refreshKeys(), or restart. If the key is correct, call enable(key). Raise the quota at the provider, or add a key with a quota of its own.

    Keys
    - OPENAI_API_KEY (sk-…ab12): refused as invalid. Last error: Incorrect API key provided: [redacted]
    - OPENAI_API_KEY_2 (sk-…cd34): quota used up until 08:00 UTC

    Open the dashboard
    https://keys.example/dashboard
    "
  `);
  expect(mail.html).toContain('<h1 style="margin:0 0 20px;font-size:22px;line-height:1.3">OpenAI: no key left</h1>');
  expect(mail.html).toContain('href="https://keys.example/dashboard"');
  expect(mail.attachments).toEqual([]);
});

it.each([
  [{ locale: 'pt-BR' }, '[crítico] OpenAI: nenhuma chave disponível'],
  [{ kind: 'reminder' }, '[critical, reminder] OpenAI: no key left'],
  [{ kind: 'resolved', locale: 'pt-BR' }, '[resolvido] OpenAI: nenhuma chave disponível'],
  [
    { kind: 'summary', count: 9, alerts: [sampleAlert({ severity: 'warning' }), resolvedAlert()] },
    '[warning] OpenAI: 9 changes within an hour',
  ],
  [{ kind: 'summary', count: 9, alerts: [resolvedAlert()] }, '[resolved] OpenAI: 9 changes within an hour'],
  [{ kind: 'digest', alerts: [], severity: 'info' }, '[daily overview] OpenAI: all is well'],
  [{ kind: 'test', alerts: [], severity: 'info' }, '[test] A test message'],
] as const)('has a subject for %o', async (changes, subject) => {
  expect((await sent(changes)).subject).toBe(subject);
});

it('puts the mails about what began on the same day into one thread, whichever process sends them', async () => {
  const first = await sent({ id: 'first', alerts: [sampleAlert({ rule: 'key.invalid', fingerprint: 'refused' })] });
  const worse = await sent({ id: 'worse', alerts: [sampleAlert({ fingerprint: 'exhausted' })] });
  const last = await sent({ id: 'last', kind: 'resolved', atMs: atMs + dayMs, alerts: [resolvedAlert()] });
  expect(first.messageId).toBe('<first@keys.example>');
  expect(first.references).toEqual(first.inReplyTo);
  expect(worse.references).toEqual(first.references);
  expect(last.references).toEqual(first.references);
});

it('joins the threads of two days when alerts of both are in one mail', async () => {
  const { startsAtMs } = sampleAlert();
  const later = sampleAlert({ startsAtMs: startsAtMs + dayMs });
  const [first, second] = [await sent(), await sent({ alerts: [later] })];
  expect(second.references).not.toEqual(first.references);
  const both = await sent({ alerts: [later, sampleAlert()] });
  expect(both.references).toEqual([first.references, second.references]);
  expect(both.inReplyTo).toEqual(second.references);
});

it('begins no thread across providers, and none for a mail without alerts', async () => {
  const [first, other] = [await sent(), await sent({ provider: 'gemini' })];
  expect(other.references).not.toEqual(first.references);
  expect((await sent({ kind: 'test', alerts: [] })).references).toBeUndefined();
});

it('is as urgent as what fires, not as what is over', async () => {
  const { subject, headers } = await sent({
    alerts: [sampleAlert({ rule: 'key.invalid', severity: 'warning' }), resolvedAlert()],
  });
  expect(subject).toMatch(/^\[warning\] /);
  expect(headers.get('priority')).not.toBe('high');
});

it('is marked as urgent if it is, and as automatic', async () => {
  const { headers } = await sent();
  expect(headers.get('priority')).toBe('high');
  expect(headers.get('auto-submitted')).toBe('auto-generated');
  expect((await sent({ kind: 'resolved' })).headers.has('priority')).toBe(false);
});

it('shows HTML in a text of others as it is written', async () => {
  const keys = [refusedKey('<b>KEY</b>', { lastError: '<img src=x onerror=alert(1)> "quoted" & more' })];
  const { html } = await sent({ alerts: [sampleAlert({ keys, displayName: '<script>' })] });
  expect(html).toContain('&lt;b&gt;KEY&lt;/b&gt;');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &quot;quoted&quot; &amp; more');
  expect(html).not.toMatch(/<script|<img|<b>/);
});

it('sets no colour that is illegible in the dark: white on colour, and else those of the reader', async () => {
  const { html } = await sent();
  const colours = [...String(html).matchAll(/(?<![\w-])color:(#\w+)/g)].map(([, colour]) => colour);
  expect(new Set(colours)).toEqual(new Set(['#ffffff']));
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
});

it.each(fillings)('arrives whole with texts full of %s', async (filling) => {
  const { subject, html } = await sent(worstNotification(filling));
  expect(subject?.length).toBeLessThan(200);
  expect(String(html).length).toBeLessThan(100_000);
});

describe('says how to go on', () => {
  it.each([
    [421, false],
    [451, false],
    [550, true],
    [552, true],
  ])('when the server answers %i', async (refusal, isFinal) => {
    server.refusal = refusal;
    const error = await failureOf(email({ transport: server.transport(), ...addresses }));
    expect(error).toMatchObject({ isFinal, message: `The mail cannot be handed over (EMESSAGE ${refusal}).` });
  });

  it('when the server is away', async () => {
    await using sink = await Sink.start();
    const port = Number(new URL(sink.url).port);
    await sink[Symbol.asyncDispose]();
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      auth: { user: 'name-of-user', pass: 'its-password' },
    });
    expect(await failureOf(email({ transport, ...addresses }))).toMatchObject({
      isFinal: false,
      message: expect.stringMatching(/^The mail cannot be handed over \([A-Z]+\)\.$/),
    });
  });

  it('when the transport throws before it returns a promise, without what it says', async () => {
    const transport = {
      sendMail: (): never => {
        throw Object.assign(new Error('smtp://user:its-password@mail.example is wrong'), { code: 'EAUTH' });
      },
    };
    const error = await failureOf(email({ transport, ...addresses }));
    expect(error.message).toBe('The mail cannot be handed over (EAUTH).');
  });

  it('ends when its signal aborts, though the server does not answer', async () => {
    const reason = new Error('too slow');
    const transport = { sendMail: (mail: { readonly signal: AbortSignal }) => rejectionAt(mail.signal) };
    const signal = AbortSignal.abort(reason);
    await expect(email({ transport, ...addresses }).send(sampleNotification(), { signal })).rejects.toBe(reason);
  });
});

function rejectionAt(signal: AbortSignal): Promise<never> {
  return Promise.reject(new Error('aborted', { cause: signal.reason }));
}
