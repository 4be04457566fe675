import { recordedResponses, type RecordedResponse } from '@api-key-fallback/testing';
import { RapidApiError } from '@api-key-fallback/rapidapi';
import { APIError } from 'openai';

type Answer = Pick<RecordedResponse, 'status' | 'headers' | 'body'>;

/** Builds the error that each provider's client throws for a response. */
const makeError = {
  openai: ({ status, headers, body }: Answer) =>
    APIError.generate(status, body as object, undefined, new Headers(headers)),
  // The shape of a GaxiosError.
  youtube: ({ status, headers, body }: Answer) =>
    Object.assign(new Error(`Request failed with status code ${status}`), {
      status,
      code: status,
      response: { status, headers: new Headers(headers), data: body },
    }),
  rapidapi: ({ status, headers, body }: Answer) =>
    new RapidApiError({ host: 'weather.p.rapidapi.com', status, headers: new Headers(headers), body }),
};

/** The recorded responses of a provider, as the errors that its client throws. */
export function fixtureErrors(provider: keyof typeof makeError): unknown[] {
  return recordedResponses
    .filter((response) => response.provider === provider && response.status >= 400)
    .map((response) => makeError[provider](response));
}
