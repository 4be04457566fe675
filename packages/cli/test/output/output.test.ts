import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/output/output.ts';

const key = 'sk-proj-0123456789abcdefghij';

function create({ isTTY = true, format = 'table' as const, hasColor = false } = {}) {
  const written = { stdout: '', stderr: '' };
  const capture = (name: keyof typeof written) => {
    const write: Writable['_write'] = (chunk, _encoding, done) => {
      written[name] += String(chunk);
      done();
    };
    return Object.assign(new Writable({ write }), { isTTY, columns: 30 });
  };
  const { signal } = new AbortController();
  const streams = { stdout: capture('stdout'), stderr: capture('stderr'), stdin: new PassThrough() };
  return { written, output: new Output({ ...streams, env: {}, cwd: '/', signal }, { format, hasColor }) };
}

describe('Output', () => {
  it('writes the progress over itself, and removes it before the next line', () => {
    const { output, written } = create();
    output.progress('1 of 2');
    output.progress('a text that is longer than the terminal is wide');
    output.line('done');
    output.clearProgress();
    expect(written.stdout).toBe('done\n');
    const clear = '\r\u001B[2K';
    expect(written.stderr).toBe(`${clear}1 of 2${clear}a text that is longer than th${clear}`);
  });

  it('shows no progress without a terminal', () => {
    const { output, written } = create({ isTTY: false });
    output.progress('1 of 2');
    expect(written.stderr).toBe('');
  });

  it('writes no key and no control characters of others', () => {
    const { output, written } = create();
    output.line(`refused: ${key}`);
    output.note(`refused: ${key}\u001B[2J`);
    output.table([{ title: 'KEY' }], [[key]]);
    output.document({ message: [key] }, [{ label: key }]);
    expect(written.stdout + written.stderr).not.toContain('0123456789');
    expect(written.stdout + written.stderr).not.toContain('\u001B');
    expect(written.stdout).toContain('[redacted]');
  });

  it('breaks a paragraph between words', () => {
    const { output, written } = create();
    output.paragraph('a text that is longer than the terminal is wide');
    expect(written.stdout).toBe('a text that is longer than the\nterminal is wide\n');
  });
});
