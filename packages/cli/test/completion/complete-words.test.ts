import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { completeWords } from '../../src/completion/complete-words.ts';

function program(): Command {
  const created = new Command('api-key-fallback')
    .addOption(new Option('--provider <name>'))
    .addOption(new Option('--format <format>').choices(['table', 'json', 'ndjson']))
    .option('--json')
    .option('--secret-switch');
  created.options.find(({ long }) => long === '--secret-switch')?.hideHelp();
  created.command('check').option('--timeout <ms>');
  created.command('disable').argument('<provider>').argument('[key]');
  created.command('alerts').command('test').argument('[channel]');
  return created;
}

const names = {
  providers: ['openai', 'youtube'],
  keysOf: (provider: string) => (provider === 'openai' ? ['OPENAI_API_KEY', 'OPENAI_API_KEY_2'] : []),
};

describe('completeWords', () => {
  it.each([
    { words: ['ch'], found: ['check'] },
    { words: [''], found: ['check', 'disable', 'alerts', 'help'] },
    { words: ['check', '--t'], found: ['--timeout'] },
    { words: ['check', '--'], found: ['--timeout', '--provider', '--format', '--json', '--help'] },
    { words: ['--format', ''], found: ['table', 'json', 'ndjson'] },
    { words: ['--format', 'j'], found: ['json'] },
    { words: ['--format=n'], found: ['--format=ndjson'] },
    { words: ['--format', '=', 'n'], found: ['ndjson'] },
    { words: ['--format', '='], found: ['table', 'json', 'ndjson'] },
    { words: ['--provider', ''], found: ['openai', 'youtube'] },
    { words: ['--provider', 'openai', 'di'], found: ['disable'] },
    { words: ['check', '--timeout', ''], found: [] },
    { words: ['disable', 'o'], found: ['openai'] },
    { words: ['disable', 'openai', 'OPENAI_API_KEY_'], found: ['OPENAI_API_KEY_2'] },
    { words: ['disable', 'openai', 'OPENAI_API_KEY', ''], found: [] },
    { words: ['--json', 'disable', 'youtube', ''], found: [] },
    { words: ['alerts', 't'], found: ['test'] },
    { words: ['check', ' '], found: [] },
  ])('completes $words', ({ words, found }) => {
    expect(completeWords(program(), words, names)).toEqual(found);
  });
});
