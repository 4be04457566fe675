// An AWS Lambda function behind an HTTP API. Its instances share the state of the keys in Redis.
// Environment of the function: OPENAI_API_KEY, OPENAI_API_KEY_2, …, and REDIS_URL, which it reaches in its VPC.
import { AllKeysFailedError, DeadlineExceededError } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { RedisStore } from '@api-key-fallback/redis';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { Redis } from 'ioredis';

// Outside of the handler: a warm instance keeps it.
const store = new RedisStore(new Redis(process.env['REDIS_URL'] ?? '', { lazyConnect: true }));
const keys = OpenAIKeyManager.fromEnv({ store });

type ChatEvent = Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>;

/** Time in ms that is left for the answer when the call gives up. */
const reserveMs = 1000;

function chat(prompt: string, deadline: number): Promise<string> {
  return keys.retryWithFallback(
    async (openai, { signal }) => {
      const messages = [{ role: 'user' as const, content: prompt }];
      const completion = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages }, { signal });
      return completion.choices[0]?.message.content ?? '';
    },
    { inject: 'client', maxRetries: 2, delay: 200, deadline },
  );
}

/** The gateway encodes a body whose content type is neither text nor JSON, such as that of `curl -d`. */
function promptOf({ body = '', isBase64Encoded }: ChatEvent): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
}

function refusal(error: unknown): APIGatewayProxyStructuredResultV2 {
  if (DeadlineExceededError.isInstance(error)) return { statusCode: 504, body: 'The provider took too long.' };
  if (!AllKeysFailedError.isInstance(error)) throw error;
  const { reason, retryAfterMs } = error;
  const headers = retryAfterMs === undefined ? {} : { 'retry-after': Math.ceil(retryAfterMs / 1000) };
  return { statusCode: 503, headers, body: reason };
}

export async function handler(
  event: ChatEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const prompt = promptOf(event);
  if (prompt.trim() === '') return { statusCode: 400, body: 'Send the prompt as the body.' };
  // A new instance reads what the others know. Later this takes no time.
  await keys.ready();
  const deadline = Math.max(1, context.getRemainingTimeInMillis() - reserveMs);
  try {
    return { statusCode: 200, body: await chat(prompt, deadline) };
  } catch (error) {
    return refusal(error);
  }
}
