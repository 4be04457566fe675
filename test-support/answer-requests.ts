/** What a child process does at each request. */
export type RequestHandlers = Readonly<Record<string, (...args: any[]) => unknown>>;

interface Request {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Runs the requests that the parent of this process sends, and `disconnect`. */
export function answerRequests(handlers: RequestHandlers): void {
  async function answer({ id, name, args }: Request): Promise<void> {
    try {
      const value: unknown = await handlers[name]?.(...args);
      if (process.connected) process.send?.({ id, value });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  }
  process.on('message', (message) => {
    const request = message as Request;
    if (request.name === 'disconnect') process.disconnect?.();
    else void answer(request);
  });
}
