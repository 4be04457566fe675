import type { Page } from 'playwright-core';

/** Records all that the browser gets from now on: the bodies of answers, frames of WebSockets, and events of streams. */
export async function recordAnswers(page: Page): Promise<() => Promise<string>> {
  const parts: Promise<string>[] = [];
  const record = (part: string | Promise<string>) => parts.push(Promise.resolve(part));
  page.on('response', (response) => {
    const isStream = response.headers()['content-type']?.startsWith('text/event-stream') ?? false;
    record(JSON.stringify(response.headers()));
    // A stream has no end. Its events are recorded one by one.
    if (!isStream) record(response.text().catch(() => ''));
  });
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => record(String(payload))));
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.eventSourceMessageReceived', ({ data }) => record(data));
  return async () => (await Promise.all(parts)).join('\n');
}
