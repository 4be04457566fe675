import { InvalidOptionsError } from '@api-key-fallback/core';
import { openWatchLog } from '@api-key-fallback/core/adapter';
import { expect, it } from 'vitest';

it('writes redacted lines of a package that watches, to the logger', () => {
  const lines: unknown[][] = [];
  const write = (...line: unknown[]) => lines.push(line);
  const logger = { debug: write, info: write, warn: write, error: write };
  openWatchLog('Alerts', { logger }).warn('slack refuses sk-live-0123456789abcdef0123456789.');
  expect(lines).toEqual([[expect.stringMatching(/^Alerts: slack refuses /), { event: 'warning', provider: 'Alerts' }]]);
  expect(JSON.stringify(lines)).not.toContain('0123456789abcdef');
});

it('has the language of the options, or else that of the log', () => {
  expect(openWatchLog('Alerts', { logger: false }).locale).toBe('en');
  expect(openWatchLog('Alerts', { logger: false, locale: 'pt-BR' }).locale).toBe('pt-BR');
});

it('refuses options that no log has', () => {
  expect(() => openWatchLog('Alerts', { locale: 'fr' as 'en' })).toThrow(InvalidOptionsError);
});
