import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { thrownBy } from '../../../test-support/provoked-failure.ts';
import { bareEnvironment, recipes } from './recipe-process.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;
const sentence = { name: 'translate', arguments: { text: 'Bom dia', language: 'English' } };

let provider: ProviderServer;
let client: Client;
let log: string;
/** What the client could not read as a message of the protocol. */
let protocolErrors: Error[];

const server = ['--import', 'tsx', 'mcp/server.ts'];

function environment(): Record<string, string> {
  const keys = { OPENAI_API_KEY: first, OPENAI_API_KEY_2: second, OPENAI_BASE_URL: provider.openaiBaseURL };
  return { ...bareEnvironment(), ...keys };
}

beforeEach(async () => {
  provider = await startProviderServer({ keys: { [second]: ['ok'] } });
  const options = { command: process.execPath, args: server, cwd: recipes, env: environment() };
  const transport = new StdioClientTransport({ ...options, stderr: 'pipe' });
  log = '';
  transport.stderr?.on('data', (part: Buffer) => (log += String(part)));
  protocolErrors = [];
  client = new Client({ name: 'test', version: '1.0.0' });
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a client has no other way
  client.onerror = (error) => protocolErrors.push(error);
  await client.connect(transport);
});
afterEach(async () => {
  await client.close();
  await provider.close();
  assert.deepEqual(protocolErrors, []);
  assert.doesNotMatch(log, /sk-example-(?:first|second)/);
});

it('mcp: falls over to the next key, and logs to stderr only', async () => {
  const result = await client.callTool(sentence);
  expect(result).toEqual({ content: [{ type: 'text', text: 'You said: Translate into English: Bom dia' }] });
  await vi.waitFor(() => expect(log).toContain('INFO: OpenAI: Success with key 2/2'), 10_000);
  expect(log).toContain('WARNING: OpenAI: Error on attempt 1/2: Incorrect API key provided');
});

it('mcp: says when to try again if all keys wait', async () => {
  for (const key of [first, second]) {
    provider.script(key, [{ status: 429, headers: { 'retry-after': '30' }, body: {} }]);
  }
  const text = expect.stringMatching(
    /^The translation is not available \(rate-limited\)\. Try again in (?:2\d|30) s\.$/,
  );
  expect(await client.callTool(sentence)).toEqual({ isError: true, content: [{ type: 'text', text }] });
});

it('mcp: asks for the operator if the provider refuses all keys', async () => {
  provider.script(second, ['invalid-key']);
  const text = 'The translation needs an operator: the provider refuses all keys.';
  expect(await client.callTool(sentence)).toEqual({ isError: true, content: [{ type: 'text', text }] });
});

it('mcp: ends by itself when the client has left, and its request to the provider too', async () => {
  provider.script(first, ['hang']);
  const child = spawn(process.execPath, server, {
    cwd: recipes,
    env: environment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const leaving = new Client({ name: 'test', version: '1.0.0' });
  // Reads and writes streams, which suits a client too. That of the SDK for clients would kill the process after 2 s.
  await leaving.connect(new StdioServerTransport(child.stdout, child.stdin));
  const lost = thrownBy(leaving.callTool(sentence));
  await vi.waitFor(() => expect(provider.openCount).toBe(1), 10_000);
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  await vi.waitFor(() => expect(provider.openCount).toBe(0), 10_000);
  await leaving.close();
  expect(await lost).toMatchObject({ message: expect.stringContaining('Connection closed') });
});

it('mcp: ends the request to the provider when the client cancels', async () => {
  provider.script(first, ['hang']);
  const cancel = new AbortController();
  const result = client.callTool(sentence, undefined, { signal: cancel.signal });
  await vi.waitFor(() => expect(provider.openCount).toBe(1), 10_000);
  cancel.abort();
  await expect(result).rejects.toThrow(/abort/i);
  await vi.waitFor(() => expect(provider.openCount).toBe(0), 10_000);
  expect(provider.requestCount(second)).toBe(0);
});
