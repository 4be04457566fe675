import type { PresetAnswer } from './preset-answer.ts';

const server = 'https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/server_utils.py';

export const vllmAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong or missing key',
    status: 401,
    body: { error: 'Unauthorized' },
    expected: { kind: 'invalid-key', reason: 'unauthorized', scope: 'key' },
    evidence: 'observed',
    source: server,
  },
  {
    name: 'too long a prompt',
    status: 400,
    body: {
      error: {
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 8192 tokens and your request has 1210 input tokens (8192 > 8192 - 1210).",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
    },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/opendatalab/MinerU/issues/4868',
  },
  {
    name: 'a bad parameter, in the body of older versions',
    status: 400,
    body: {
      object: 'error',
      message: 'max_tokens must be at least 1, got -186.',
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/vllm-project/vllm/issues/4667',
  },
  {
    name: 'an unknown model',
    status: 404,
    body: {
      error: { message: 'The model `llama-9` does not exist.', type: 'NotFoundError', param: 'model', code: 404 },
    },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: server,
  },
  {
    name: 'an unknown address',
    status: 404,
    body: { detail: 'Not Found' },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: server,
  },
  {
    name: 'a dead engine',
    status: 500,
    body: {
      error: {
        message: 'EngineCore encountered an issue. See stack trace (above) for the root cause.',
        type: 'InternalServerError',
        param: null,
        code: 500,
      },
    },
    expected: { kind: 'transient' },
    evidence: 'observed',
    source: server,
  },
];
