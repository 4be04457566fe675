/** The providers the test server can play. */
export type ProviderName = 'openai' | 'youtube' | 'rapidapi';

/** What an adapter must conclude from a recorded response; only the fields that are there are meant to be compared. */
export interface ExpectedVerdict {
  readonly kind: 'transient' | 'rate-limited' | 'quota-exhausted' | 'invalid-key' | 'caller-error';
  /** Who shares the fate of the key. `provider`: everybody, so no key is to blame. */
  readonly scope?: 'key' | 'key+host' | 'project' | 'project+model' | 'org' | 'provider';
  /** The quota bucket concerned. */
  readonly bucket?: string;
  /** Milliseconds from now; absent on `rate-limited` and `transient` when the response tells no wait. */
  readonly retryAfterMs?: number;
  readonly resets?: 'midnight:America/Los_Angeles';
  /** Milliseconds after which to look again, because it may have been healed from outside. */
  readonly recheckAfterMs?: number;
}

/**
 * A response of a provider, and what to conclude from it.
 *
 * In `headers` and `body`, `{{KEY}}` stands for the key in use and `{{EPOCH+n}}` for the current epoch time in whole seconds plus n.
 */
export interface RecordedResponse {
  /** Unique together with `provider`. */
  readonly name: RecordedResponseName;
  readonly provider: ProviderName;
  /** 0 when there is no complete HTTP answer (see `transport`). */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is (an event stream, HTML), `null` is no body. */
  readonly body: object | string | null;
  /** `hang`: never answered. `reset`: connection destroyed. `reset-mid-body`: destroyed after half a body. `abort`: never answered, the caller aborts. */
  readonly transport?: 'hang' | 'reset' | 'reset-mid-body' | 'abort';
  /** Where the response only makes sense with streaming on: in chat completions or in the Responses API. */
  readonly stream?: 'chat' | 'responses';
  readonly expected: ExpectedVerdict;
  /** The response contains the key: no message, log, event or stored state may show it. */
  readonly mustRedact?: boolean;
  /** How sure the response is: seen in public, in the vendor's documentation, measured with the real client, or made up on purpose. */
  readonly evidence: 'observed' | 'documented' | 'measured' | 'constructed';
  readonly source: string;
}

/** A recorded response in a table that is keyed by name and belongs to one provider. */
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
export type RecordedResponseName = OpenAIResponseName | YouTubeResponseName | RapidApiResponseName;
