import { inspect } from 'node:util';
import { ApiKeyFallbackError, type Locale } from '@api-key-fallback/core';
import { errorMessage, redactKeys } from '@api-key-fallback/core/adapter';
import { CommanderError, type Command } from 'commander';
import { describeComplaint } from './describe-complaint.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import type { ExitCode } from './session.ts';
import { localeOf } from './settings.ts';
import type { ProgramTexts } from './texts/english/program.ts';
import { textsOf } from './texts/texts-of.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs the program with its arguments, without the name of the program.
 *
 * @returns The exit code: 0 if all is fine, 1 if a check failed, 2 for a wrong command line or configuration, 130 after Ctrl-C.
 * @example
 * const code = await run(['check', '--json'], { stdout, stderr, stdin, env, cwd, signal });
 */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const locale: Locale = localeOf(argv, io.env);
  const texts = textsOf[locale].program;
  const ended: { code: ExitCode } = { code: 0 };
  const program = createProgram(io, textsOf[locale], (code) => (ended.code = code));
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
    return io.signal.aborted ? interrupted(io, texts) : ended.code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (io.signal.aborted) return interrupted(io, texts);
    io.stderr.write(`${describe(error, program, texts)}\n`);
    if (program.opts()['debug'] === true) io.stderr.write(`${redactKeys(framesOf(error))}\n`);
    return 2;
  }
}

function interrupted(io: Io, texts: ProgramTexts): ExitCode {
  if (io.stderr.isTTY === true) io.stderr.write(`${texts.interrupted}\n`);
  return 130;
}

function describe(error: unknown, program: Command, texts: ProgramTexts): string {
  if (error instanceof CommanderError) return texts.error(redactKeys(describeComplaint(error, program, texts)));
  if (error instanceof UsageError) return texts.error(redactKeys(error.message));
  // Its message says what to do.
  if (ApiKeyFallbackError.isInstance(error)) return texts.error(error.message);
  return texts.unexpected(errorMessage(error));
}

/** Where an error and its causes come from, without their messages, which can quote anything. */
function framesOf(error: unknown): string {
  const lines = inspect(error).split('\n');
  return lines.filter((line) => /^\s+at /.test(line)).join('\n');
}
