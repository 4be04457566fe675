import { geminiErrorBody } from './gemini-error-body.ts';
import { parseGeminiPath } from './gemini-path.ts';
import { newId, replyTo, splitWords, type Message, type Reply } from './model-reply.ts';
import type { ProviderRequest } from './provider-request.ts';
import { eventStreamAnswer, jsonAnswer, type WireAnswer } from './wire-answer.ts';

interface Content {
  readonly role?: string;
  readonly parts?: readonly { readonly text?: string }[];
}

const modelIds = ['gemini-3.6-flash', 'gemini-3.1-pro', 'gemini-2.5-flash', 'gemini-2.5-pro'];

/** Returns Gemini's response to a request with a valid key. Every requested model exists. */
export function answerGemini(request: ProviderRequest, reply?: Reply): WireAnswer {
  const { collection, id, method } = parseGeminiPath(request.path) ?? {};
  switch (`${request.method} ${collection}${id ? '/id' : ''}${method ? `:${method}` : ''}`) {
    case 'GET models':
      return listModels(request);
    case 'GET models/id':
      return jsonAnswer(200, describeModel(id ?? ''));
    case 'POST models/id:countTokens':
      return jsonAnswer(200, { totalTokens: countTokens(contentsOf(request)) });
    case 'POST models/id:generateContent':
    case 'POST models/id:streamGenerateContent':
      return generateContent(request, id, reply);
    default:
      return failed(404, 'NOT_FOUND', 'Requested entity was not found.');
  }
}

function failed(code: number, status: string, message: string): WireAnswer {
  return jsonAnswer(code, geminiErrorBody(code, status, message));
}

function describeModel(id: string): object {
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id.replaceAll('-', ' '),
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  };
}

function listModels({ query }: ProviderRequest): WireAnswer {
  const start = Number(query?.pageToken ?? 0);
  const end = start + Number(query?.pageSize ?? 50);
  return jsonAnswer(200, {
    models: modelIds.slice(start, end).map(describeModel),
    ...(end < modelIds.length && { nextPageToken: String(end) }),
  });
}

function contentsOf({ body }: ProviderRequest): readonly Content[] {
  const contents = typeof body === 'object' && body !== null && 'contents' in body ? body.contents : [];
  return Array.isArray(contents) ? contents : [];
}

function countTokens(contents: readonly Content[]): number {
  return contents.reduce((sum, content) => sum + splitWords(textOf(content)).length, 0);
}

function textOf({ parts = [] }: Content): string {
  return parts.map(({ text = '' }) => text).join('');
}

function generateContent(request: ProviderRequest, model: string | undefined, reply: Reply | undefined): WireAnswer {
  const contents = contentsOf(request);
  if (contents.length === 0) {
    return failed(400, 'INVALID_ARGUMENT', '* GenerateContentRequest.contents: contents is not specified\n');
  }
  const messages = contents.map(({ role = 'user', parts = [] }): Message => ({ role, content: parts }));
  const words = splitWords(replyTo(request, messages, reply));
  const common = { modelVersion: model, responseId: newId('') };
  const promptTokenCount = countTokens(contents);
  const usageAfter = (candidatesTokenCount: number) => ({
    usageMetadata: {
      promptTokenCount,
      candidatesTokenCount,
      totalTokenCount: promptTokenCount + candidatesTokenCount,
    },
  });
  const candidate = (text: string, finish: object): object => ({
    candidates: [{ content: { parts: [{ text }], role: 'model' }, ...finish, index: 0 }],
    ...common,
  });
  const finish = { finishReason: 'STOP' };
  if (request.path.endsWith(':generateContent')) {
    return jsonAnswer(200, { ...candidate(words.join(''), finish), ...usageAfter(words.length) });
  }
  const chunks = words.map((word, index) => ({
    ...candidate(word, index < words.length - 1 ? {} : finish),
    ...usageAfter(index + 1),
  }));
  if (request.query?.alt !== 'sse') return jsonAnswer(200, chunks);
  return eventStreamAnswer(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`));
}
