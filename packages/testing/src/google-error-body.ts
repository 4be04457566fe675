/** Optional parts of a Google error body. */
export interface GoogleErrorDetails {
  /** The `errors[0].domain`. @default 'global' */
  readonly domain?: string;
  /** The canonical status, e.g. `PERMISSION_DENIED`. */
  readonly status?: string;
  /** Further fields of `errors[0]`, e.g. `location`. */
  readonly entry?: Readonly<Record<string, string>>;
  /** The `google.rpc.ErrorInfo` among the `details`. */
  readonly info?: { readonly reason: string; readonly metadata: Readonly<Record<string, string>> };
}

/** Builds the body of a Google error response. */
export function googleErrorBody(code: number, message: string, reason: string, more: GoogleErrorDetails = {}): object {
  const { domain = 'global', status, entry, info } = more;
  return {
    error: {
      code,
      message,
      errors: [{ message, domain, reason, ...entry }],
      ...(status && { status }),
      ...(info && {
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', domain: 'googleapis.com', ...info }],
      }),
    },
  };
}
