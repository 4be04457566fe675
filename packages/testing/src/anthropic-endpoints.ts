import { anthropicErrorBody } from './anthropic-error-body.ts';
import { countTokens, newId, replyTo, splitWords, type Message, type Reply } from './model-reply.ts';
import type { ProviderRequest } from './provider-request.ts';
import { eventStreamAnswer, jsonAnswer, type WireAnswer } from './wire-answer.ts';

interface MessageCall {
  readonly model?: string;
  readonly max_tokens?: number;
  readonly messages?: readonly Message[];
  readonly stream?: boolean;
}

/** Returns Anthropic's response to a request with a valid key. */
export function answerAnthropic(request: ProviderRequest, reply?: Reply): WireAnswer {
  switch (`${request.method} ${request.path}`) {
    case 'GET /v1/models':
      return listModels();
    case 'POST /v1/messages':
      return createMessage(request, reply);
    default:
      return jsonAnswer(404, anthropicErrorBody('not_found_error', 'Not Found'));
  }
}

const modelIds = ['claude-opus-5', 'claude-sonnet-5', 'claude-haiku-4-5'];

function listModels(): WireAnswer {
  const data = modelIds.map((id) => ({
    type: 'model',
    id,
    display_name: id.replaceAll('-', ' '),
    created_at: '2026-02-01T00:00:00Z',
  }));
  return jsonAnswer(200, { data, has_more: false, first_id: modelIds[0], last_id: modelIds.at(-1) });
}

function createMessage(request: ProviderRequest, reply: Reply | undefined): WireAnswer {
  const { body } = request;
  if (typeof body !== 'object' || body === null) return badRequest('The request body is not valid JSON');
  const call: MessageCall = body;
  for (const field of ['model', 'max_tokens', 'messages'] as const) {
    if (!call[field]) return badRequest(`${field}: Field required`);
  }
  const text = replyTo(request, call.messages, reply);
  const counted = countTokens(call.messages, text);
  const usage = {
    input_tokens: counted.prompt,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: counted.reply,
  };
  const begun = {
    id: newId('msg_'),
    type: 'message',
    role: 'assistant',
    model: call.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1 },
  };
  const ended = { stop_reason: 'end_turn', stop_sequence: null };
  if (!call.stream) return jsonAnswer(200, { ...begun, ...ended, content: [{ type: 'text', text }], usage });

  const event = (type: string, data: object = {}): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  return eventStreamAnswer([
    event('message_start', { message: begun }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping'),
    ...splitWords(text).map((word) =>
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word } }),
    ),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: ended, usage: { output_tokens: counted.reply } }),
    event('message_stop'),
  ]);
}

function badRequest(message: string): WireAnswer {
  return jsonAnswer(400, anthropicErrorBody('invalid_request_error', message));
}
