import type { Preset } from './preset.ts';

/** vLLM's own server. It checks keys only when it was started with `--api-key` or `VLLM_API_KEY`. */
export const vllm: Preset = {
  displayName: 'vLLM',
  baseURL: 'http://localhost:8000/v1',
  env: 'VLLM_API_KEY',
  documentation: 'https://docs.vllm.ai/en/latest/serving/online_serving/openai_compatible_server/',
  rules: [
    {
      statuses: [401],
      text: /^unauthorized$/i,
      reason: 'unauthorized',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: 'https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/server_utils.py',
      evidence: 'observed',
    },
  ],
};
