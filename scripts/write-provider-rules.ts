import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorRule, Failure } from '../packages/core/src/adapter.ts';
import { anthropicErrorRules } from '../packages/anthropic/src/anthropic-error-rules.ts';
import { geminiErrorRules } from '../packages/gemini/src/gemini-error-rules.ts';
import { openaiErrorRules } from '../packages/openai/src/openai-error-rules.ts';
import { presets } from '../packages/openai/src/presets.ts';
import { rapidApiErrorRules } from '../packages/rapidapi/src/rapidapi-error-rules.ts';
import { youtubeErrorRules } from '../packages/youtube/src/youtube-error-rules.ts';

// Writes the tables of docs/provider-rules.md from the rules in the source. With --check it only compares.

const page = join(import.meta.dirname, '../docs/provider-rules.md');
const marker = '<!-- The tables below are written by scripts/write-provider-rules.ts. -->';

const blank: Failure = {
  kind: 'response',
  status: 400,
  headers: undefined,
  body: undefined,
  detail: undefined,
  codes: [],
  message: '',
};

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function conditionOf({ statuses, codes = [], text, when, reason }: ErrorRule): string {
  const named = [
    ...codes.map((code) => `\`${code instanceof RegExp ? code.source : code}\``),
    ...(text ? [`text \`${text.source}\``] : []),
  ];
  const status = statuses?.join(', ');
  const parts = [status, named.join(', '), when && named.length === 0 ? `by the body (\`${reason ?? 'any'}\`)` : ''];
  return cell(parts.filter(Boolean).join(': ')) || 'any other';
}

function verdictOf({ judgement }: ErrorRule): string {
  const verdict = typeof judgement === 'function' ? judgement(blank, { now: 0 }) : judgement;
  if (!verdict) return 'by the window that the body names';
  const scope = 'scope' in verdict ? verdict.scope : undefined;
  return `\`${verdict.kind}\`${scope === undefined ? '' : `, ${scope}`}`;
}

function tableOf(rules: readonly ErrorRule[]): string {
  const rows = rules.map(
    (rule) => `| ${conditionOf(rule)} | ${verdictOf(rule)} | [${rule.evidence}](${rule.source}) |`,
  );
  return ['| status and code | verdict | source |', '| --- | --- | --- |', ...rows].join('\n');
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
  console.error('docs/provider-rules.md is out of date. Run: npx pnpm@12 run docs:rules');
  process.exitCode = 1;
}
