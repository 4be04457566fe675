import { parentPort, threadId, type MessagePort } from 'node:worker_threads';
import { refusalOf } from '../chat/refusal-of.ts';
import { openSharedKeys } from './open-shared-keys.ts';

/** A question of the main thread, with the port for its answer. */
export interface Question {
  readonly prompt: string;
  readonly port: MessagePort;
}

/** Plain data: an error that is sent to another thread loses its class. */
export interface ThreadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const keys = await openSharedKeys();

async function answer(prompt: string, signal: AbortSignal): Promise<ThreadAnswer> {
  try {
    return { status: 200, headers: {}, body: { reply: await keys.ask(prompt, signal), worker: threadId } };
  } catch (error) {
    return refusalOf(error);
  }
}

parentPort?.on('message', async (message: Question | 'stop') => {
  if (message === 'stop') {
    await keys.close();
    parentPort?.close();
    return;
  }
  const { prompt, port } = message;
  const gone = new AbortController();
  // The main thread closes the port when the browser leaves.
  port.once('close', () => gone.abort());
  port.postMessage(await answer(prompt, gone.signal));
});
