import {
  type ProviderServer,
  type RecordedResponse,
  recordedResponses,
  startProviderServer,
} from '@api-key-fallback/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const keyHeaders = {
  openai: { authorization: 'Bearer key-1' },
  anthropic: { 'x-api-key': 'key-1' },
  gemini: { 'x-goog-api-key': 'key-1' },
  youtube: { 'x-goog-api-key': 'key-1' },
  rapidapi: { 'x-rapidapi-key': 'key-1' },
} as const;

const answered = recordedResponses.filter(({ transport }) => !transport);
const reset = recordedResponses.filter(({ transport }) => transport === 'reset');
const unanswered = recordedResponses.filter(({ transport }) => transport === 'hang' || transport === 'abort');

let server: ProviderServer;

function play({ name, provider }: RecordedResponse, init: RequestInit = {}): Promise<Response> {
  server.script('key-1', [name]);
  return fetch(`${server.url}/anything`, { ...init, headers: keyHeaders[provider] });
}

beforeAll(async () => {
  server = await startProviderServer();
});

afterAll(() => server.close());

describe('recorded responses', () => {
  it('have unique names within each provider', () => {
    const names = recordedResponses.map(({ provider, name }) => `${provider} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(answered.length + reset.length + unanswered.length).toBe(names.length);
  });

  it('cover every kind of verdict for every provider', () => {
    const kinds = recordedResponses.map(({ provider, expected }) => `${provider} ${expected.kind}`);
    expect(new Set(kinds).size).toBe(5 * new Set(recordedResponses.map(({ provider }) => provider)).size);
  });

  it.each(answered)('$provider $name arrives as it was recorded', async (recorded) => {
    const response = await play(recorded);
    expect(response.status).toBe(recorded.status);
    expect(Object.fromEntries(response.headers)).toMatchObject(recorded.headers);
    const text = await response.text();
    const sent = typeof recorded.body === 'string' ? recorded.body : JSON.stringify(recorded.body);
    expect(text).toBe(sent.replaceAll('{{KEY}}', 'key-1'));
    expect(text.includes('key-1')).toBe(recorded.mustRedact === true);
    expect(server.requests.at(-1)?.answer).toBe(recorded.name);
  });

  it.each(reset)('$provider $name breaks the connection', async (recorded) => {
    await expect(play(recorded)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  });

  it.each(unanswered)('$provider $name is never answered', async (recorded) => {
    const before = server.requestCount();
    const caller = new AbortController();
    const playing = play(recorded, { signal: caller.signal });
    await Promise.all([
      expect(playing).rejects.toMatchObject({ name: 'AbortError' }),
      vi.waitFor(() => expect(server.requestCount()).toBe(before + 1)).then(() => caller.abort()),
    ]);
  });
});
