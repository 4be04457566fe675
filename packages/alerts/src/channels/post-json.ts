import { parseRetryAfter, readField } from '@api-key-fallback/core/adapter';
import { DeliveryError } from '../model/delivery-error.ts';

/** What is sent, and where. */
interface JsonPost {
  readonly url: URL;
  readonly body: string;
  readonly headers?: Headers;
  readonly signal: AbortSignal;
}

const refusedForNow = new Set([408, 425, 429]);

/**
 * Posts a JSON text. Redirects are not followed, because the URL that they name is not the one that was configured.
 *
 * @throws DeliveryError if the request fails or the status is not 2xx. The error contains neither the URL nor the server's answer.
 */
export async function postJson({ url, body, headers = new Headers(), signal }: JsonPost): Promise<void> {
  headers.set('content-type', 'application/json');
  const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' }).catch(
    (error: unknown) => {
      throw signal.aborted ? signal.reason : connectionError(error);
    },
  );
  // Nothing reads it, and its connection would stay busy.
  await response.body?.cancel().catch(() => {});
  if (!response.ok) throw answerError(response);
}

function connectionError(error: unknown): DeliveryError {
  const code = readField(error, 'cause', 'code');
  // A message can contain the host, or all of the URL.
  const known = typeof code === 'string' && /^[A-Z][A-Z\d_]+$/.test(code) ? ` (${code})` : '';
  return new DeliveryError(`The connection fails${known}.`);
}

function answerError({ status, headers }: Response): DeliveryError {
  const message = `The server answers ${status}.`;
  if (status === 410) return new DeliveryError(message, { stopsChannel: true });
  if (status < 500 && !refusedForNow.has(status)) return new DeliveryError(message, { isFinal: true });
  const retryAfterMs = parseRetryAfter(headers);
  return new DeliveryError(message, retryAfterMs === undefined ? {} : { retryAfterMs });
}
