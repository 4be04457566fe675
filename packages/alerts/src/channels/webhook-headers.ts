import { InvalidOptionsError } from '@api-key-fallback/core';

/** @throws InvalidOptionsError unless HTTP can carry these headers. The message shows none, because values can be secrets. */
export function readHeaders(headers: Readonly<Record<string, string>> = {}): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new InvalidOptionsError(
      `"headers" must be an object of texts that HTTP can carry. Write { headers: { authorization: 'Bearer …' } }.`,
    );
  }
}
