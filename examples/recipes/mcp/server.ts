// An MCP server over stdio whose tool asks OpenAI. stdout carries the protocol, so all logs go to stderr.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx tsx mcp/server.ts
import { AllKeysFailedError, currentAttempt, registry, wrapWithFallback, type ApiClient } from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

// The signal from the last argument ends the call.
const translate = wrapWithFallback(
  async (openai: ApiClient<'openai'>, text: string, language: string, _signal: AbortSignal) => {
    const { signal } = currentAttempt();
    const messages = [{ role: 'user' as const, content: `Translate into ${language}: ${text}` }];
    const completion = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages }, { signal });
    return completion.choices[0]?.message.content ?? '';
  },
  // Clients give up after 60 s by default.
  { provider: 'openai', inject: 'client', maxRetries: 2, delay: 200, deadline: 45_000 },
);

// Without a key, end at the start rather than at the first use of the tool.
registry.get('openai');

/** What the model reads when the tool fails. */
function explain(error: unknown): string {
  if (!AllKeysFailedError.isInstance(error)) return 'The translation failed.';
  const { reason, retryAfterMs } = error;
  if (reason === 'invalid-keys') return 'The translation needs an operator: the provider refuses all keys.';
  const when = retryAfterMs === undefined ? 'later' : `in ${Math.ceil(retryAfterMs / 1000)} s`;
  return `The translation is not available (${reason}). Try again ${when}.`;
}

const server = new McpServer({ name: 'translator', version: '1.0.0' });

server.registerTool(
  'translate',
  { description: 'Translates a text.', inputSchema: { text: z.string(), language: z.string() } },
  async ({ text, language }, { signal }) => {
    try {
      return { content: [{ type: 'text', text: await translate(text, language, signal) }] };
    } catch (error) {
      return { isError: true, content: [{ type: 'text', text: explain(error) }] };
    }
  },
);

// A client that leaves closes stdin. Then running calls end too.
process.stdin.once('end', () => void server.close());

await server.connect(new StdioServerTransport());
console.error('Listening on stdin');
