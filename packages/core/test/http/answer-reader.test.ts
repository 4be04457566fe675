import { array, assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerReaderFor } from '../../src/http/answer-reader.ts';

const mebibyte = 1024 * 1024;

/** The answers that a reader finds in these chunks. */
function answersIn(type: string, ...chunks: readonly (string | Uint8Array)[]): unknown[] {
  const answers: unknown[] = [];
  const reader = answerReaderFor(type, (answer) => answers.push(answer));
  for (const chunk of chunks) reader?.read(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
  reader?.end();
  return answers;
}

describe('a body of JSON', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/problem+json'])(
    'is one answer, with the type %s',
    (type) => {
      expect(answersIn(type, '{"a"', ':1}')).toEqual([{ a: 1 }]);
    },
  );

  it('is as many answers as its list has entries', () => {
    expect(answersIn('application/json', '[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it.each(['', '{"a":', '7', 'null', '"text"', '<html>'])('%j is none', (text) => {
    expect(answersIn('application/json', text)).toEqual([]);
  });

  it('is skipped when it is longer than 1 MiB', () => {
    const body = (length: number) => JSON.stringify({ a: 'x'.repeat(length - '{"a":""}'.length) });
    expect(answersIn('application/json', body(mebibyte))).toHaveLength(1);
    expect(answersIn('application/json', body(mebibyte + 1))).toEqual([]);
    expect(answersIn('application/json', 'x'.repeat(mebibyte), 'x', '{"a":1}')).toEqual([]);
  });

  it.each(['text/plain', 'application/octet-stream', 'application/jsonl', ''])(
    'of the type "%s" has no reader',
    (type) => {
      expect(answerReaderFor(type, () => {})).toBeUndefined();
    },
  );
});

describe('an event stream', () => {
  const events = 'event: a\r\ndata: {"a":"ü"}\r\n\r\n: comment\n\ndata:{"a":\ndata: 2}\nid: 7\n\ndata: [DONE]\n\n';

  it('is as many answers as it has events of JSON', () => {
    expect(answersIn('text/event-stream; charset=utf-8', events)).toEqual([{ a: 'ü' }, { a: 2 }]);
  });

  it('has the same answers wherever its bytes are cut', () => {
    const bytes = new TextEncoder().encode(events);
    assert(
      property(array(nat(bytes.length)), (cuts) => {
        const ends = [...cuts, bytes.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(answersIn('text/event-stream', ...chunks)).toEqual([{ a: 'ü' }, { a: 2 }]);
      }),
    );
  });

  it('counts a last event without an empty line, unless it is cut off', () => {
    expect(answersIn('text/event-stream', 'data: {"a":1}')).toEqual([{ a: 1 }]);
    expect(answersIn('text/event-stream', 'data: {"a":1}\n\ndata: {"a":')).toEqual([{ a: 1 }]);
  });

  it('skips an event that is longer than 1 MiB, and reads the next one', () => {
    const long = 'x'.repeat(mebibyte / 2);
    const next = '\n\ndata: {"a":1}\n\n';
    expect(answersIn('text/event-stream', 'data: "', long, long, 'x"', next)).toEqual([{ a: 1 }]);
    const lines = `data: ["${long}",\ndata: "${long}"]`;
    expect(answersIn('text/event-stream', lines + next.slice(0, 8), next.slice(8))).toEqual([{ a: 1 }]);
  });
});
