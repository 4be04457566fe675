import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidOptionsError, loadApiKeys, NoApiKeysError } from '@api-key-fallback/core';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { directory, warnings, logger, files, load, refusal } from '../env/acme-keys.ts';

describe('the variables', () => {
  it('provide the keys of the base name, then of the numbers in order, then of the list', () => {
    vi.stubEnv('ACME_KEYS', 'list-1,list-2');
    vi.stubEnv('ACME_KEY_10', 'ten');
    vi.stubEnv('ACME_KEY_2', 'two');
    vi.stubEnv('ACME_KEY_100', 'hundred');
    vi.stubEnv('ACME_KEY', 'base');
    expect(load()).toEqual(['base', 'two', 'ten', 'hundred', 'list-1', 'list-2']);
  });

  it('can be empty, have gaps and stray white space', () => {
    vi.stubEnv('ACME_KEY', 'a');
    vi.stubEnv('ACME_KEY_2', '');
    vi.stubEnv('ACME_KEY_3', '   ');
    vi.stubEnv('ACME_KEY_10', 'c');
    vi.stubEnv('ACME_KEY_4', 'b\n');
    expect(load()).toEqual(['a', 'b', 'c']);
  });

  it('can start at 1 and omit the base name', () => {
    vi.stubEnv('ACME_KEY_2', 'two');
    vi.stubEnv('ACME_KEY_1', 'one');
    expect(load()).toEqual(['one', 'two']);
  });

  it('are read only if their name is the base name and a number', () => {
    vi.stubEnv('ACME_KEY', 'base');
    for (const name of [
      'ACME_KEY_FILE',
      'ACME_KEY_2B',
      'ACME_KEY_',
      'ACME_KEY2',
      'MY_ACME_KEY',
      'ACME_KEYS_2',
      'acme_key_3',
    ]) {
      vi.stubEnv(name, `value-of-${name}`);
    }
    expect(load()).toEqual(['base']);
  });

  it.each(['a,b,c', 'a;b;c', 'a b c', 'a\nb\r\nc\n', ' a , b ;\n c ,, ', '"a,b,c"', "'a', 'b', 'c'"])(
    'can be a list: %j',
    (list) => {
      vi.stubEnv('ACME_KEYS', list);
      expect(load()).toEqual(['a', 'b', 'c']);
    },
  );

  it('can hold a comma list under the base name', () => {
    vi.stubEnv('ACME_KEY', 'a, b,c');
    expect(load()).toEqual(['a', 'b', 'c']);
  });

  it.each(['"quoted"', "'quoted'", '`quoted`', ' "quoted" ', '\uFEFFquoted', 'quo\u200Bted', '"quoted\n"'])(
    'are stripped of quotes, byte order marks and zero-width characters: %j',
    (value) => {
      vi.stubEnv('ACME_KEY', value);
      expect(load()).toEqual(['quoted']);
    },
  );

  it('provide each key once, under its first name, and warn of repeated keys by name', () => {
    vi.stubEnv('ACME_KEY', 'recognisable-key-1');
    vi.stubEnv('ACME_KEY_2', 'recognisable-key-2');
    vi.stubEnv('ACME_KEY_7', ' recognisable-key-1 ');
    vi.stubEnv('ACME_KEYS', 'recognisable-key-2,recognisable-key-3');
    expect(loadApiKeys('ACME_KEY', { directory, logger })).toEqual([
      { key: 'recognisable-key-1', label: 'ACME_KEY' },
      { key: 'recognisable-key-2', label: 'ACME_KEY_2' },
      { key: 'recognisable-key-3', label: expect.stringContaining('ACME_KEYS') },
    ]);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/ACME_KEY_7.*\bACME_KEY\b/);
    expect(warnings[1]).toMatch(/ACME_KEYS.*\bACME_KEY_2\b/);
    expect(warnings.join('\n')).not.toContain('recognisable');
  });

  it('provide exactly the keys that were set, for any numbers', () => {
    const keyText = fc.stringMatching(/^[A-Za-z0-9_-]{4,40}$/);
    const numbered = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 5000 }), keyText), {
      minLength: 1,
      maxLength: 30,
      selector: ([number]) => number,
    });
    fc.assert(
      fc.property(numbered, (entries) => {
        vi.unstubAllEnvs();
        for (const [number, key] of entries) vi.stubEnv(`ACME_KEY_${number}`, key);
        const inOrder = entries.toSorted(([a], [b]) => a - b).map(([, key]) => key);
        expect(load()).toEqual([...new Set(inOrder)]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the files', () => {
  it('follow their precedence, and the environment takes precedence over all', () => {
    const all = {
      '.env.defaults': 'ACME_KEY=defaults',
      '.env': 'ACME_KEY=base',
      '.env.local': 'ACME_KEY=local',
      '.env.staging': 'ACME_KEY=staging',
      '.env.staging.local': 'ACME_KEY=staging-local',
      '.env.production': 'ACME_KEY=production',
    };
    const seen: string[][] = [];
    for (const name of ['.env.defaults', '.env', '.env.local', '.env.staging', '.env.staging.local'] as const) {
      files({ [name]: all[name] });
      seen.push(load('staging'));
    }
    expect(seen).toEqual([['defaults'], ['base'], ['local'], ['staging'], ['staging-local']]);
    files(all);
    expect(load('staging')).toEqual(['staging-local']);
    vi.stubEnv('ACME_KEY', 'environment');
    expect(load('staging')).toEqual(['environment']);
  });

  it('are merged variable by variable', () => {
    files({ '.env': 'ACME_KEY=one\nACME_KEY_2=two', '.env.local': 'ACME_KEY_2=other\nACME_KEY_3=three' });
    vi.stubEnv('ACME_KEY_4', 'four');
    expect(load('development')).toEqual(['one', 'other', 'three', 'four']);
  });

  it('are chosen by NODE_ENV without an environmentName', () => {
    files({ '.env': 'ACME_KEY=base', '.env.production': 'ACME_KEY=production' });
    vi.stubEnv('NODE_ENV', 'production');
    expect(load()).toEqual(['production']);
    expect(load('staging')).toEqual(['base']);
    vi.stubEnv('NODE_ENV', undefined);
    expect(load()).toEqual(['base']);
  });

  it('do not include the local one in tests', () => {
    files({ '.env': 'ACME_KEY=base', '.env.local': 'ACME_KEY=local', '.env.test.local': 'ACME_KEY_2=test-local' });
    expect(load('test')).toEqual(['base', 'test-local']);
  });

  it('can contain quotes, exports, comments and a byte order mark', () => {
    files({ '.env': '\uFEFF# keys\nexport ACME_KEY="one"\r\nACME_KEY_2=\'two\' # second\nACME_KEY_3=\n' });
    expect(load()).toEqual(['one', 'two']);
  });

  it('are read without changing the environment', () => {
    files({ '.env': 'ACME_KEY=one\nACME_OTHER=other' });
    const before = { ...process.env };
    load();
    expect({ ...process.env }).toEqual(before);
    expect(process.env['ACME_KEY']).toBeUndefined();
  });

  it('are skipped where a directory has their name, such as the mount of a missing file or a virtual environment', () => {
    mkdirSync(join(directory, '.env'));
    expect(refusal().message).toContain(`no .env file in ${directory}`);
    files({ '.env.local': 'ACME_KEY=local' });
    expect(load('development')).toEqual(['local']);
  });

  it('are read again at each call', () => {
    files({ '.env': 'ACME_KEY=one' });
    expect(load()).toEqual(['one']);
    files({ '.env': 'ACME_KEY=two' });
    expect(load()).toEqual(['two']);
  });
});

describe('without a key', () => {
  it('the error names the folder, and only the variables that are set and empty', () => {
    vi.stubEnv('ACME_KEY_2', ' ');
    vi.stubEnv('ACME_KEY_REGION', 'recognisable');
    vi.stubEnv('ACME_KEYS', ',');
    const { message } = refusal();
    expect(message).toContain(`no .env file in ${directory}`);
    expect(message).toMatch(/ Set but empty: ACME_KEY_2, ACME_KEYS\.$/);
    files({ '.env': 'OTHER=1' });
    expect(refusal().message).toContain(`.env of ${directory}.`);
  });

  it('the error names the variables, and reports that no file was found', () => {
    const error = refusal();
    expect(error).toBeInstanceOf(NoApiKeysError);
    for (const name of ['ACME_KEY', 'ACME_KEY_2', 'ACME_KEYS']) expect(error.message).toContain(name);
    expect(error.message).toMatch(/no \.env file/i);
  });

  it('the error names the files that were read and the empty variables', () => {
    files({ '.env': 'ACME_KEY=\nOTHER=recognisable-value', '.env.local': 'ACME_KEY_3="  "', '.env.defaults': '' });
    vi.stubEnv('NODE_ENV', 'development');
    const { message } = refusal();
    for (const name of ['.env', '.env.local', '.env.defaults', 'ACME_KEY_3']) expect(message).toContain(name);
    expect(message).not.toContain('recognisable');
  });

  it('an exported empty variable hides that of a file, and the error names it', () => {
    files({ '.env': 'ACME_KEY=from-file' });
    vi.stubEnv('ACME_KEY', '');
    expect(refusal().message).toContain('Set but empty: ACME_KEY (exported, hides .env).');
  });
});

describe('an invalid key', () => {
  it.each(['recognisable key', 'recognisable\tkey', 'recognisable\u0007key', 'recognisable–key', 'recognisableключ'])(
    'is rejected with the name of its variable and without its value: %j',
    (value) => {
      vi.stubEnv('ACME_KEY', 'good-key');
      vi.stubEnv('ACME_KEY_2', value);
      const error = refusal();
      expect(error).toBeInstanceOf(InvalidOptionsError);
      expect(error.message).toContain('ACME_KEY_2');
      expect(error.message).not.toContain('recognisable');
    },
  );
});

describe('a base name', () => {
  it.each(['', 'ACME KEY', 'ACME_KEY=x', 'ACME\nKEY'])('that is not a variable name is rejected: %j', (name) => {
    expect(() => loadApiKeys(name, { directory, logger })).toThrow(InvalidOptionsError);
  });
});
