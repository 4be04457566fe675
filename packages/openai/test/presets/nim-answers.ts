import type { PresetAnswer } from './preset-answer.ts';

const gateway =
  'https://github.com/NVIDIA/nvcf/blob/main/src/control-plane-services/cloud-functions/nvcf-core/src/main/java/com/nvidia/nvcf/service/function/invocation/FunctionInvocationValidationService.java';
const headers = { 'content-type': 'application/problem+json' };
const hourMs = 3_600_000;

export const nimAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    headers,
    body: { status: 401, title: 'Unauthorized', detail: 'Authentication failed' },
    expected: { kind: 'invalid-key', reason: 'authentication_failed', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/hidenobunagai/nvidia-nim-provider/issues/9',
  },
  {
    name: 'a revoked key',
    status: 403,
    headers,
    body: { status: 403, title: 'Forbidden', detail: 'Authorization failed' },
    expected: { kind: 'invalid-key', reason: 'authorization_failed', scope: 'key', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/Alishahryar1/free-claude-code/issues/1242',
  },
  {
    name: 'expired credits',
    status: 402,
    headers,
    body: {
      status: 402,
      title: 'Payment Required',
      detail: "Account 'Qawmu2vUw3rd': Cloud credits expired - Please contact NVIDIA representatives",
    },
    expected: { kind: 'quota-exhausted', reason: 'credits_expired', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: gateway,
  },
  {
    name: 'a limit without a wait',
    status: 429,
    headers,
    body: { status: 429, title: 'Too Many Requests' },
    expected: { kind: 'rate-limited' },
    evidence: 'observed',
    source: 'https://github.com/Alishahryar1/free-claude-code/issues/1485',
  },
  {
    name: 'a model that is not offered to the account',
    status: 404,
    headers,
    body: {
      status: 404,
      title: 'Not Found',
      detail: "Function '23d4f03a-b8a6-4adb-a183-7daa083a09cc': Not found for account 'Qawmu2vUw3rd'",
    },
    expected: { kind: 'caller-error', reason: 'model_not_available' },
    evidence: 'observed',
    source: 'https://github.com/Alishahryar1/free-claude-code/issues/1021',
  },
  {
    name: 'a model that is not shared with the account',
    status: 403,
    headers,
    body: {
      status: 403,
      title: 'Forbidden',
      detail: "Function '23d4f03a-b8a6-4adb-a183-7daa083a09cc':  Not shared with the account 'Qawmu2vUw3rd'",
    },
    expected: { kind: 'caller-error', reason: 'model_not_available' },
    evidence: 'observed',
    source: gateway,
  },
  {
    name: 'a key that is restricted to other models',
    status: 403,
    headers,
    body: {
      status: 403,
      title: 'Forbidden',
      detail: "Function '23d4f03a-b8a6-4adb-a183-7daa083a09cc':  Missing resource entry in ApiKey for the function",
    },
    expected: { kind: 'caller-error', reason: 'model_not_available' },
    evidence: 'observed',
    source: gateway,
  },
  {
    name: 'a model that is down',
    status: 400,
    headers,
    body: {
      status: 400,
      title: 'Bad Request',
      detail: "Function id '87ea0ddc-cff1-4bca-bf8b-3bd98a35ddd0': DEGRADED function cannot be invoked",
    },
    expected: { kind: 'transient', reason: 'model_degraded' },
    evidence: 'observed',
    source: 'https://github.com/Alishahryar1/free-claude-code/issues/1057',
  },
  {
    name: 'a parameter that the model does not know',
    status: 400,
    body: { error: { message: 'Unsupported parameter: client_metadata', type: 'Bad Request', code: 400 } },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/decolua/9router/issues/1887',
  },
];
