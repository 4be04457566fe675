const type = 'type.googleapis.com/google.rpc';

/** Builds the body of a Gemini error response: https://google.aip.dev/193 */
export function geminiErrorBody(
  code: number,
  status: string,
  message: string,
  details: readonly object[] = [],
): object {
  return { error: { code, message, status, ...(details.length > 0 && { details }) } };
}

/** Builds the detail that says why, and which project is concerned. */
export function errorInfo(reason: string, metadata: Readonly<Record<string, string>> = {}): object {
  const service = 'generativelanguage.googleapis.com';
  return { '@type': `${type}.ErrorInfo`, reason, domain: 'googleapis.com', metadata: { service, ...metadata } };
}

/** A quota of a model that a request has exceeded. */
export interface GeminiViolation {
  /** For example `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  readonly quotaId: string;
  readonly model: string;
  /** The limit. Google leaves out a limit of 0. */
  readonly quotaValue?: string;
}

/** Builds the details of an exceeded quota, with the delay that Google adds to all of them. */
export function quotaFailure(violations: readonly GeminiViolation[], retryDelay: string): readonly object[] {
  return [
    {
      '@type': `${type}.Help`,
      links: [
        {
          description: 'Learn more about Gemini API quotas',
          url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
        },
      ],
    },
    {
      '@type': `${type}.QuotaFailure`,
      violations: violations.map(({ model, quotaId, ...limit }) => ({
        quotaMetric: `generativelanguage.googleapis.com/${metricOf(quotaId)}`,
        quotaId,
        quotaDimensions: { location: 'global', model },
        ...limit,
      })),
    },
    { '@type': `${type}.RetryInfo`, retryDelay },
  ];
}

function metricOf(quotaId: string): string {
  return quotaId.includes('Tokens')
    ? 'generate_content_free_tier_input_token_count'
    : 'generate_content_free_tier_requests';
}
