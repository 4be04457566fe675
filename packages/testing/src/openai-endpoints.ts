import { countTokens, newId, replyTo, splitWords, type Message, type Prompt, type Reply } from './model-reply.ts';
import { openaiErrorBody } from './openai-error-body.ts';
import type { ProviderRequest } from './provider-request.ts';
import { eventStreamAnswer, jsonAnswer, type WireAnswer } from './wire-answer.ts';

interface ModelCall {
  readonly model?: string;
  readonly messages?: readonly Message[];
  readonly input?: Prompt;
  readonly instructions?: string;
  readonly stream?: boolean;
  readonly encoding_format?: string;
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** Returns OpenAI's response to a request with a valid key. */
export function answerOpenAI(request: ProviderRequest, reply?: Reply): WireAnswer {
  switch (`${request.method} ${request.path}`) {
    case 'GET /v1/models':
      return jsonAnswer(200, { object: 'list', data: modelIds.map(describeModel) });
    case 'POST /v1/chat/completions':
      return answerModelCall(request, 'messages', completeChat, reply);
    case 'POST /v1/responses':
      return answerModelCall(request, 'input', createResponse, reply);
    case 'POST /v1/embeddings':
      return answerModelCall(request, 'input', embed, reply);
    default:
      return badRequest(404, `Invalid URL (${request.method} ${request.path})`);
  }
}

const modelIds = ['gpt-5.6', 'gpt-5.6-mini', 'gpt-4o', 'gpt-4o-mini'];

function describeModel(id: string): object {
  return { id, object: 'model', created: 1_715_367_049, owned_by: 'system' };
}

function badRequest(status: number, message: string, param?: string): WireAnswer {
  const code = param ? 'missing_required_parameter' : null;
  return jsonAnswer(status, openaiErrorBody(message, 'invalid_request_error', code, param));
}

function answerModelCall(
  request: ProviderRequest,
  promptField: 'messages' | 'input',
  answer: (call: ModelCall, text: string) => WireAnswer,
  reply: Reply | undefined,
): WireAnswer {
  const { body } = request;
  if (typeof body !== 'object' || body === null) {
    return badRequest(400, 'We could not parse the JSON body of your request.');
  }
  const call: ModelCall = body;
  for (const field of ['model', promptField] as const) {
    if (!call[field]) return badRequest(400, `Missing required parameter: '${field}'.`, field);
  }
  return answer(call, replyTo(request, call[promptField], reply));
}

function completeChat(call: ModelCall, text: string): WireAnswer {
  const common = { id: newId('chatcmpl-'), created: nowInSeconds(), model: call.model, service_tier: 'default' };
  const counted = countTokens(call.messages, text);
  const usage = {
    prompt_tokens: counted.prompt,
    completion_tokens: counted.reply,
    total_tokens: counted.prompt + counted.reply,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
  if (!call.stream) {
    const message = { role: 'assistant', content: text, refusal: null, annotations: [] };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
    return jsonAnswer(200, { ...common, object: 'chat.completion', choices, usage });
  }
  const chunk = (choices: readonly object[], more: object = {}): string =>
    `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
  const choice = (delta: object, finish_reason: string | null = null): string =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }]);
  return eventStreamAnswer([
    choice({ role: 'assistant', content: '', refusal: null }),
    ...splitWords(text).map((content) => choice({ content })),
    choice({}, 'stop'),
    ...(call.stream_options?.include_usage ? [chunk([], { usage })] : []),
    'data: [DONE]\n\n',
  ]);
}

function createResponse(call: ModelCall, text: string): WireAnswer {
  const counted = countTokens(call.input, text);
  const itemId = newId('msg_');
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  const item = { id: itemId, type: 'message', status: 'completed', role: 'assistant', content: [part] };
  const begun = {
    id: newId('resp_'),
    object: 'response',
    created_at: nowInSeconds(),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: call.instructions ?? null,
    max_output_tokens: null,
    metadata: {},
    model: call.model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
  };
  const completed = {
    ...begun,
    status: 'completed',
    output: [item],
    usage: {
      input_tokens: counted.prompt,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: counted.reply,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: counted.prompt + counted.reply,
    },
  };
  if (!call.stream) return jsonAnswer(200, completed);

  const inItem = { item_id: itemId, output_index: 0, content_index: 0 };
  const events: readonly (readonly [type: string, data: object])[] = [
    ['response.created', { response: begun }],
    ['response.in_progress', { response: begun }],
    ['response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }],
    ['response.content_part.added', { ...inItem, part: { ...part, text: '' } }],
    ...splitWords(text).map((delta) => ['response.output_text.delta', { ...inItem, delta, logprobs: [] }] as const),
    ['response.output_text.done', { ...inItem, text, logprobs: [] }],
    ['response.content_part.done', { ...inItem, part }],
    ['response.output_item.done', { output_index: 0, item }],
    ['response.completed', { response: completed }],
  ];
  return eventStreamAnswer(
    events.map(([type, data], index) => {
      return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: index, ...data })}\n\n`;
    }),
  );
}

function embed(call: ModelCall): WireAnswer {
  const numbers = [0.25, -0.5, 1];
  const embedding =
    call.encoding_format === 'base64' ? Buffer.from(new Float32Array(numbers).buffer).toString('base64') : numbers;
  const { prompt } = countTokens(call.input, '');
  const data = [{ object: 'embedding', index: 0, embedding }];
  return jsonAnswer(200, {
    object: 'list',
    data,
    model: call.model,
    usage: { prompt_tokens: prompt, total_tokens: prompt },
  });
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
