/** Responds to one request of a probe. */
export type Respond = (request: Request) => Response | Promise<Response>;

/** A response that shows whether its body is open. */
export interface TrackedResponse extends Response {
  isOpen(): boolean;
}

/** Creates a `fetch` without a network, and records its requests. */
export function recordingFetch(respond: Respond): { readonly fetch: typeof fetch; readonly requests: Request[] } {
  const requests: Request[] = [];
  return {
    requests,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      requests.push(request);
      return respond(request);
    },
  };
}

const statusesWithoutBody = [204, 304];

/** Creates a response whose body breaks off if it is `undefined`. */
export function trackedResponse(status: number, text: string | undefined): TrackedResponse {
  let isOpen = !statusesWithoutBody.includes(status);
  const chunks = [text ?? '{"err'];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk !== undefined && chunk !== '') return controller.enqueue(new TextEncoder().encode(chunk));
      isOpen = false;
      if (text === undefined) controller.error(new TypeError('terminated'));
      else controller.close();
    },
    cancel() {
      isOpen = false;
    },
  });
  const response = new Response(isOpen ? body : null, { status, headers: { 'content-type': 'application/json' } });
  return Object.assign(response, { isOpen: () => isOpen });
}
