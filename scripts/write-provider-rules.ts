import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorRule, Failure, VerdictOfRule } from '../packages/core/src/adapter.ts';
import { anthropicErrorRules } from '../packages/anthropic/src/anthropic-error-rules.ts';
import { geminiErrorRules } from '../packages/gemini/src/gemini-error-rules.ts';
import { openaiErrorRules } from '../packages/openai/src/openai-error-rules.ts';
import { presets } from '../packages/openai/src/presets.ts';
import { rapidApiErrorRules } from '../packages/rapidapi/src/rapidapi-error-rules.ts';
import { youtubeErrorRules } from '../packages/youtube/src/youtube-error-rules.ts';

// Writes the tables of docs/reference/provider-rules.md from the rules in the source. With --check it only compares.

const page = join(import.meta.dirname, '../docs/reference/provider-rules.md');
const marker = '<!-- The tables below are written by scripts/write-provider-rules.ts. -->';

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Returns what a pattern matches as a reader says it: `^out of (?:call volume|bandwidth) quota\b` is “out of call volume/bandwidth quota”. */
function phraseOf({ source }: RegExp): string {
  let text = source
    .replaceAll(/\[[^\]]*\](?:[*+?]|\{[^}]*\})?|\\S\+|(?<!\\)\.\*/g, '…')
    .replaceAll('\\(', '⟨')
    .replaceAll('\\)', '⟩');
  const innermost = /\(\?:([^()]*)\)(\??)/;
  for (let group = innermost.exec(text); group; group = innermost.exec(text)) {
    const [whole, alternatives = '', isOptional] = group;
    const isSimple = /^[\w |=:-]+$/.test(alternatives);
    text = text.replace(whole, isOptional ? '' : isSimple ? alternatives.replaceAll('|', '/') : '…');
  }
  const words = text
    .replaceAll(/\\b|[\w`]\?|(?<!\\)[\^$]/g, '')
    .replaceAll(/\\(\W)/g, '$1')
    .replaceAll('⟨', '(')
    .replaceAll('⟩', ')');
  return words
    .split('|')
    .map((phrase) => `“${phrase.trim()}”`)
    .join(' or ');
}

function conditionOf({ statuses, codes = [], text, when, reason }: ErrorRule): string {
  const named = [
    ...codes.map((code) => `\`${code instanceof RegExp ? code.source.replaceAll(/^\^|\$$/g, '') : code}\``),
    ...(text ? [phraseOf(text)] : []),
  ];
  // The last rule of a table, for what nothing else explains, has only `when`.
  if (!statuses && named.length === 0 && !reason) return 'every other 4xx';
  const body = when ? 'by its body or headers' : '';
  const parts = [statuses?.join(', '), [named.join(', '), body].filter(Boolean).join(', ')];
  return cell(parts.filter(Boolean).join(': '));
}

function reasonOf({ reason, codes = [], statuses = [] }: ErrorRule): string {
  if (reason !== undefined) return `\`${reason}\``;
  if (codes.length > 0) return 'the code';
  return statuses.length === 1 ? `\`http_${statuses[0]}\`` : '`http_<status>`';
}

const blank: Failure = {
  kind: 'response',
  status: 400,
  headers: undefined,
  body: undefined,
  detail: undefined,
  codes: [],
  message: '',
};
const details = [{ metadata: { quota_limit: 'PerDay' }, violations: [{ quotaId: 'PerDay' }] }];
const daily: Failure = { ...blank, detail: { details } };

function verdictOf({ judgement }: ErrorRule): string {
  if (typeof judgement !== 'function') return described(judgement);
  const usual = described(judgement(blank, { now: 0 }));
  const perDay = described(judgement(daily, { now: 0 }));
  if (usual === perDay) return usual;
  return `${usual ? `${usual}; ` : ''}${perDay} if the limit is per day`;
}

function described(verdict: VerdictOfRule | undefined): string {
  if (!verdict) return '';
  const scope = 'scope' in verdict ? verdict.scope : undefined;
  return `\`${verdict.kind}\`${scope === undefined ? '' : `, ${scope}`}`;
}

function tableOf(rules: readonly ErrorRule[]): string {
  const rows = rules.map(
    (rule) => `| ${conditionOf(rule)} | ${reasonOf(rule)} | ${verdictOf(rule)} | [${rule.evidence}](${rule.source}) |`,
  );
  return ['| response | reason | verdict | source |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const sections: readonly (readonly [title: string, rules: readonly ErrorRule[]])[] = [
  ['OpenAI', openaiErrorRules],
  ['Anthropic', anthropicErrorRules],
  ['Gemini', geminiErrorRules],
  ['YouTube', youtubeErrorRules],
  ['RapidAPI', rapidApiErrorRules],
  ...Object.entries(presets).map(
    ([name, { displayName, rules }]) => [`${displayName} (\`openAICompatible('${name}')\`)`, rules] as const,
  ),
];

const current = readFileSync(page, 'utf8');
const intro = current.slice(0, current.indexOf(marker) + marker.length);
const tables = sections.map(([title, rules]) => `## ${title}\n\n${tableOf(rules)}\n`);
const { stdout: written } = spawnSync('oxfmt', ['--stdin-filepath', page], {
  input: `${intro}\n\n${tables.join('\n')}`,
  encoding: 'utf8',
});

if (!process.argv.includes('--check')) writeFileSync(page, written);
else if (written !== current) {
  console.error('docs/reference/provider-rules.md is out of date. Run: npx pnpm@12 run docs:rules');
  process.exitCode = 1;
}
