import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';

const example = /\.(?:example|sample|template|dist)$/;
/** A variable such as `OPENAI_API_KEY_2` or `GROQ_API_KEYS` with a value that is long enough for a key. */
const keyVariable = /^\s*(?:export\s+)?\w*API_?KEYS?(?:_\d+)?\s*=\s*["'`]?[^\s"'`#]{8,}/im;

/** Finds `.env*` files with keys that git tracks, or would add. */
export function checkEnvFiles(folder: string, texts: DoctorTexts): readonly Finding[] {
  if (git(folder, 'rev-parse', '--is-inside-work-tree') === undefined) {
    return [{ check: 'env-files', level: 'fine', ...texts.envNoGit }];
  }
  const found = envFilesWithKeys(folder).flatMap((file) => findingOf(folder, file, texts));
  // Without a `.env` yet, the first one is at risk.
  const isIgnored = git(folder, 'check-ignore', '.env') !== undefined;
  const hasEnv = found.some(({ file }) => file === '.env');
  if (!isIgnored && !hasEnv)
    found.push({ check: 'env-files', level: 'warning', file: '.env', ...texts.envNotIgnored('.env') });
  return found.length > 0 ? found : [{ check: 'env-files', level: 'fine', ...texts.envFine }];
}

function findingOf(folder: string, file: string, texts: DoctorTexts): Finding[] {
  if (git(folder, 'ls-files', '--error-unmatch', '--', file) !== undefined) {
    return [{ check: 'env-files', level: 'error', file, ...texts.envTracked(file) }];
  }
  if (git(folder, 'check-ignore', '--', file) !== undefined) return [];
  return [{ check: 'env-files', level: 'warning', file, ...texts.envNotIgnored(file) }];
}

function envFilesWithKeys(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => (name === '.env' || name.startsWith('.env.')) && !example.test(name))
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => keyVariable.test(readFileSync(join(folder, name), 'utf8')));
}

/** Returns what git prints; `undefined` if it fails or is not installed. */
function git(folder: string, ...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
