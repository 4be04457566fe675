import { errorInfo, geminiErrorBody } from './gemini-error-body.ts';
import { geminiQuotaResponses } from './gemini-quota-responses.ts';
import type { GeminiResponseName } from './gemini-response-name.ts';
import type { RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json; charset=UTF-8' };
const project = { consumer: 'projects/123456789012' };
const method = 'google.ai.generativelanguage.v1beta.GenerativeService.StreamGenerateContent';
const documentation = 'https://ai.google.dev/gemini-api/docs/generate-content/api-errors';
const noAnswer = { status: 0, headers: {}, body: null } as const;
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const callerError = { kind: 'caller-error' } as const;
const providerTrouble = { kind: 'transient', scope: 'provider' } as const;

type Refusal = Pick<RecordedResponseEntry, 'status' | 'headers' | 'body' | 'evidence'>;

/** Builds an entry for an error that was observed in public; an entry can override `evidence`. */
function refusal(code: number, status: string, message: string, ...details: readonly object[]): Refusal {
  return { status: code, headers: json, body: geminiErrorBody(code, status, message, details), evidence: 'observed' };
}

/** Gemini's error responses by name. */
export const geminiResponses: Readonly<Record<GeminiResponseName, RecordedResponseEntry>> = {
  // Status 400: only the reason in `details` identifies the key as the cause.
  gemini_key_invalid: {
    ...refusal(
      400,
      'INVALID_ARGUMENT',
      'API key not valid. Please pass a valid API key.',
      errorInfo('API_KEY_INVALID'),
    ),
    expected: invalidKey,
    source: 'https://github.com/can1357/oh-my-pi/issues/449',
  },
  gemini_key_expired: {
    ...refusal(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.', errorInfo('API_KEY_INVALID')),
    expected: invalidKey,
    source: 'https://github.com/continuedev/continue/issues/11336',
  },
  // No reason: only the text identifies the key as the cause.
  gemini_key_leaked: {
    ...refusal(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
    expected: invalidKey,
    source: 'https://github.com/continuedev/continue/issues/10513',
  },
  // No key reached Google: a mistake in the call, not an invalid key.
  gemini_key_missing: {
    ...refusal(
      403,
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    ),
    expected: callerError,
    source: 'https://github.com/UnityGameStudio/Gemini-Unity-Package/issues/1',
  },
  gemini_service_blocked: {
    ...refusal(
      403,
      'PERMISSION_DENIED',
      `Requests to this API generativelanguage.googleapis.com method ${method} are blocked.`,
      errorInfo('API_KEY_SERVICE_BLOCKED', {
        ...project,
        apiName: 'generativelanguage.googleapis.com',
        methodName: method,
      }),
    ),
    expected: invalidKey,
    source: 'https://github.com/continuedev/continue/issues/12781',
  },
  gemini_referrer_blocked: {
    ...refusal(
      403,
      'PERMISSION_DENIED',
      'Requests from referer <empty> are blocked.',
      errorInfo('API_KEY_HTTP_REFERRER_BLOCKED', { ...project, httpReferrer: '<empty>' }),
    ),
    expected: invalidKey,
    source: 'https://github.com/mhawksey/GeminiApp/issues/10',
  },
  // Google names the consumer by its whole key.
  gemini_consumer_suspended: {
    ...refusal(
      403,
      'PERMISSION_DENIED',
      "Permission denied: Consumer 'api_key:{{KEY}}' has been suspended.",
      errorInfo('CONSUMER_SUSPENDED', project),
    ),
    expected: { kind: 'invalid-key', scope: 'project' },
    mustRedact: true,
    source: 'https://github.com/google/generative-ai-docs/issues/356',
  },
  gemini_service_disabled: {
    ...refusal(
      403,
      'PERMISSION_DENIED',
      'Generative Language API has not been used in project 123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=123456789012 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.',
      errorInfo('SERVICE_DISABLED', project),
    ),
    expected: { kind: 'invalid-key', scope: 'project', recheckAfterMs: 600_000 },
    source: 'https://github.com/google-gemini/deprecated-generative-ai-python/issues/10',
  },
  // The list of models still works with the same key.
  gemini_project_denied: {
    ...refusal(403, 'PERMISSION_DENIED', 'Your project has been denied access. Please contact support.'),
    expected: { kind: 'invalid-key', scope: 'project', recheckAfterMs: 3_600_000 },
    source:
      'https://discuss.ai.google.dev/t/403-permission-denied-your-project-has-been-denied-access-with-a-new-api-key/187442',
  },
  // Other models keep working with the same key.
  gemini_model_denied: {
    ...refusal(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
    expected: callerError,
    source: 'https://github.com/google-gemini/gemini-cli/issues/14519',
  },
  gemini_tuned_model_denied: {
    ...refusal(403, 'PERMISSION_DENIED', 'You do not have permission to access tuned model tunedModels/mymodel'),
    expected: callerError,
    source: 'https://github.com/google-gemini/deprecated-generative-ai-js/issues/240',
  },
  gemini_model_not_found: {
    ...refusal(
      404,
      'NOT_FOUND',
      'models/gemini-pro is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.',
    ),
    expected: callerError,
    source: 'https://github.com/wwardaww/gnome-gemini-ai/issues/22',
  },
  gemini_location_unsupported: {
    ...refusal(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
    expected: callerError,
    source: 'https://github.com/google-gemini/gemini-cli/issues/24641',
  },
  gemini_billed_users_only: {
    ...refusal(400, 'INVALID_ARGUMENT', 'Imagen API is only accessible to billed users at this time.'),
    expected: callerError,
    source: 'https://github.com/ammaarreshi/openjourney/issues/1',
  },
  ...geminiQuotaResponses,
  gemini_overloaded_503: {
    ...refusal(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    expected: providerTrouble,
    source: 'https://github.com/google-gemini/gemini-cli/issues/7227',
  },
  gemini_internal_500: {
    ...refusal(
      500,
      'INTERNAL',
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
    expected: providerTrouble,
    source: 'https://github.com/googleapis/js-genai/issues/577',
  },
  gemini_deadline_504: {
    ...refusal(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
    expected: providerTrouble,
    evidence: 'documented',
    source: documentation,
  },
  gemini_stream_error: {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${JSON.stringify(geminiErrorBody(500, 'INTERNAL', 'An internal error has occurred.'))}\r\n\r\n`,
    stream: 'generateContent',
    expected: providerTrouble,
    evidence: 'observed',
    source: 'https://github.com/googleapis/js-genai/issues/650',
  },
  timeout: {
    ...noAnswer,
    transport: 'hang',
    expected: providerTrouble,
    evidence: 'measured',
    source: 'measured with @google/genai 3.3.0',
  },
  socket_reset: {
    ...noAnswer,
    transport: 'reset',
    expected: providerTrouble,
    evidence: 'measured',
    source: 'measured with @google/genai 3.3.0',
  },
  user_abort: {
    ...noAnswer,
    transport: 'abort',
    expected: callerError,
    evidence: 'measured',
    source: 'measured with @google/genai 3.3.0',
  },
};
