import type { GeminiResponseName } from './gemini-response-name.ts';

export type { GeminiResponseName };

/** The providers that the test server can play. */
export type ProviderName = 'openai' | 'anthropic' | 'gemini' | 'youtube' | 'rapidapi';

/** The verdict that an adapter must return for a recorded response. Compare only the fields that are present. */
export interface ExpectedVerdict {
  readonly kind: 'transient' | 'rate-limited' | 'quota-exhausted' | 'invalid-key' | 'caller-error';
  /** What the response affects. `provider` means every key alike, so no key is at fault. */
  readonly scope?: 'key' | 'key+host' | 'project' | 'project+model' | 'org' | 'provider';
  /** The affected quota bucket. */
  readonly bucket?: string;
  /** The wait in ms; absent when the response states none. */
  readonly retryAfterMs?: number;
  /** The quota resets at the next midnight, or at the start of the next month, in this time zone. */
  readonly resets?: 'midnight:America/Los_Angeles' | 'month:UTC';
  /** Try the key again after this many ms, because someone may have fixed the cause. */
  readonly recheckAfterMs?: number;
}

/**
 * A recorded error response of a provider, with the verdict it must lead to.
 *
 * In `headers` and `body`, `{{KEY}}` stands for the key in use and `{{EPOCH+n}}` for the epoch time in seconds plus n.
 */
export interface RecordedResponse {
  /** Unique together with `provider`. */
  readonly name: RecordedResponseName;
  readonly provider: ProviderName;
  /** The HTTP status; 0 without a complete response (see `transport`). */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is (an event stream, HTML); `null` sends no body. */
  readonly body: object | string | null;
  /** `hang`: no response. `reset`: connection destroyed. `reset-mid-body`: destroyed after half of the body. `abort`: no response, the caller aborts. */
  readonly transport?: 'hang' | 'reset' | 'reset-mid-body' | 'abort';
  /** The API to stream with, for a response that is an event stream. */
  readonly stream?: 'chat' | 'responses' | 'messages' | 'generateContent';
  /** The verdict that an adapter must return. */
  readonly expected: ExpectedVerdict;
  /** The response contains the key, which must not appear in any message, log, event or stored state. */
  readonly mustRedact?: boolean;
  /** Seen in public, stated in the provider's documentation, measured with the real client, or constructed for a test. */
  readonly evidence: 'observed' | 'documented' | 'measured' | 'constructed';
  /** A link or a description of where the response comes from. */
  readonly source: string;
}

/** A recorded response without its name and provider, for the table of one provider. */
export type RecordedResponseEntry = Omit<RecordedResponse, 'name' | 'provider'>;

/** The names of the recorded OpenAI responses. */
export type OpenAIResponseName =
  | 'invalid_api_key'
  | 'missing_api_key'
  | 'account_deactivated'
  | 'no_organization'
  | 'mismatched_organization'
  | 'ip_not_authorized'
  | 'unsupported_country'
  | 'model_not_found'
  | 'context_length_exceeded'
  | 'invalid_prompt_policy'
  | 'unsupported_parameter'
  | 'rate_limit_requests_retry_after'
  | 'rate_limit_tokens_message_only'
  | 'request_too_large_tpm'
  | 'slow_down'
  | 'insufficient_quota_legacy'
  | 'credit_balance_exhausted'
  | 'organization_spend_limit_exceeded'
  | 'project_spend_limit_exceeded'
  | 'billing_not_active'
  | 'server_error_500'
  | 'server_is_overloaded_503'
  | 'stream_first_event_error'
  | 'timeout'
  | 'socket_reset'
  | 'user_abort';

/** The names of the recorded Anthropic responses. */
export type AnthropicResponseName =
  | 'invalid_x_api_key'
  | 'missing_x_api_key'
  | 'oauth_not_supported'
  | 'cors_not_allowed'
  | 'organization_disabled'
  | 'organization_on_hold'
  | 'claude_code_key_creator_not_member'
  | 'permission_error'
  | 'request_not_allowed'
  | 'unknown_model'
  | 'prompt_too_long'
  | 'request_too_large'
  | 'rate_limit_input_tokens'
  | 'rate_limit_headers_only'
  | 'concurrent_connections'
  | 'ramp_limit_exceeded'
  | 'credit_balance_too_low'
  | 'billing_error'
  | 'usage_limits_reached'
  | 'workspace_usage_limits_reached'
  | 'enforced_spend_limit_reached'
  | 'contract_spend_limit_reached'
  | 'monthly_spend_limit'
  | 'linked_organization_spend_limit_reached'
  | 'conflict_error'
  | 'api_error_500'
  | 'timeout_error_504'
  | 'overloaded_529'
  | 'stream_overloaded'
  | 'timeout'
  | 'socket_reset'
  | 'user_abort';

/** The names of the recorded YouTube responses. */
export type YouTubeResponseName =
  | 'api_key_invalid'
  | 'missing_key'
  | 'quota_exceeded_daily_units'
  | 'search_bucket_daily_429'
  | 'user_rate_limit_403'
  | 'rate_limit_403'
  | 'service_disabled'
  | 'api_key_service_blocked'
  | 'ip_blocked'
  | 'comments_disabled'
  | 'video_not_found'
  | 'playlist_not_found'
  | 'invalid_page_token'
  | 'missing_required_parameter'
  | 'backend_error_500'
  | 'unavailable_503'
  | 'timeout'
  | 'user_abort';

/** The names of the recorded RapidAPI responses. */
export type RapidApiResponseName =
  | 'invalid_key'
  | 'invalid_key_echo'
  | 'not_subscribed'
  | 'rate_per_second'
  | 'rate_per_minute'
  | 'daily_quota'
  | 'monthly_quota'
  | 'too_many_requests'
  | 'endpoint_missing'
  | 'upstream_timeout'
  | 'gateway_oops'
  | 'validation_400'
  | 'socket_reset'
  | 'user_abort';

/** The names of all recorded responses. */
export type RecordedResponseName =
  | OpenAIResponseName
  | AnthropicResponseName
  | GeminiResponseName
  | YouTubeResponseName
  | RapidApiResponseName;
