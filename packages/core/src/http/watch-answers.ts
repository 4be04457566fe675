import { readField } from '../base/read-field.ts';
import { safely } from '../base/safely.ts';
import { answerReaderFor } from './answer-reader.ts';
import { readHeader } from './headers.ts';
import { statusesWithoutBody, withBody } from './response-body.ts';
import { webStreamOf } from './web-stream-of.ts';

/** What is called while the body of a response is read. */
interface AnswerWatcher {
  /** The first read. */
  readonly onStart: () => void;
  /** Each JSON value in the body, or in an event of it. */
  readonly onAnswer: (answer: unknown) => void;
  /** The end of the body, its failure, or its reader has left. Called once, after `onStart`. */
  readonly onEnd: () => void;
}

/**
 * Returns a successful response with a body of JSON or events, so that `watcher` sees its answers as they pass to the reader. Returns
 * anything else as it is.
 *
 * The body is read only as far as its reader reads. Until then the given response stays untouched, so that it can be used instead.
 */
export function watchAnswers<R>(response: R, watcher: AnswerWatcher): R {
  if (!isUnreadSuccess(response)) return response;
  const answers = answerReaderFor(readHeader(response.headers, 'content-type') ?? '', watcher.onAnswer);
  const { body } = response;
  if (!answers || !body) return response;
  let source: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let hasEnded = false;

  function open(): ReadableStreamDefaultReader<Uint8Array> {
    const opened = webStreamOf(body as ReadableStream).getReader();
    watcher.onStart();
    // An abort between two reads is seen by no read.
    opened.closed.catch(end);
    return opened;
  }

  function end(): void {
    if (hasEnded) return;
    hasEnded = true;
    safely(() => answers?.end());
    watcher.onEnd();
  }

  const watched = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        source ??= open();
        const { done, value } = await source.read().catch((error: unknown) => {
          end();
          throw error;
        });
        if (done) {
          end();
          return controller.close();
        }
        controller.enqueue(value);
        safely(() => answers.read(value));
      },
      cancel(reason) {
        source ??= open();
        end();
        return source.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return withBody(response, watched) as R;
}

// By shape, because a response can be of another library.
function isUnreadSuccess(response: unknown): response is Response {
  const status = readField(response, 'status');
  if (typeof status !== 'number' || status < 200 || status > 299 || statusesWithoutBody.includes(status)) return false;
  const body = readField(response, 'body');
  const isStream = ['getReader', 'on'].some((name) => typeof readField(body, name) === 'function');
  return isStream && readField(response, 'bodyUsed') !== true;
}
