import { Command } from 'commander';
import { actorOf } from '../actor.ts';
import { addExamples } from '../add-examples.ts';
import { adviceLines, checkColumns, checkRow } from '../check/describe-checks.ts';
import { isFailure, verdictOf, type FailOn, type Verdict } from '../check/key-verdict.ts';
import { runChecks, type CheckedKey } from '../check/run-checks.ts';
import { option } from '../option.ts';
import { explainProject } from '../project/explain-project.ts';
import { openProject, type Project } from '../project/open-project.ts';
import type { CommandContext, ExitCode, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

interface CheckOptions {
  readonly failOn: FailOn;
  readonly timeout: string;
  readonly dryRun?: true;
  readonly rapidapi?: string;
  readonly actor?: string;
}

const examples = ['check', 'check --provider openai --timeout 3000', 'check --fail-on any --json'];

/** Asks each provider whether each key works. */
export function checkCommand({ texts, action }: CommandContext): Command {
  const { description, options } = texts.check;
  const failOn = option('--fail-on <which>', options.failOn).choices(['invalid', 'any', 'none']).default('invalid');
  const command = new Command('check')
    .description(description)
    .addOption(failOn)
    .addOption(option('--timeout <ms>', options.timeout).default('10000'))
    .addOption(option('--dry-run', options.dryRun))
    .addOption(option('--rapidapi <host/path>', options.rapidapi))
    .addOption(option('--actor <name>', options.actor))
    .action(action(check));
  return addExamples(command, texts, examples);
}

async function check(session: Session, options: CheckOptions): Promise<ExitCode> {
  const timeout = Number(options.timeout);
  if (!(timeout > 0)) throw new UsageError(session.texts.check.wrongTimeout);
  const { rapidapi } = options;
  const project = await openProject(session, rapidapi === undefined ? {} : { rapidApi: rapidapi });
  try {
    const checks = await runChecks(project.managers, {
      timeout,
      apply: options.dryRun !== true,
      actor: actorOf(options.actor),
      signal: session.io.signal,
      onProgress: (done, total) => session.output.progress(session.texts.check.progress(done, total)),
    });
    // Only now a store has the results.
    await project.close();
    return report(session, project, checks, options);
  } finally {
    await project.close();
  }
}

function report(session: Session, project: Project, checks: readonly CheckedKey[], options: CheckOptions): ExitCode {
  const { output } = session;
  const broken = project.providers.filter(({ problem }) => problem !== undefined);
  // Keys that cannot even be read are as wrong as refused ones.
  const hasFailed =
    checks.some((each) => isFailure(each, options.failOn)) || (broken.length > 0 && options.failOn !== 'none');
  if (output.isForPeople) showTable(session, project, checks, options);
  else output.document(documentOf(project, checks, hasFailed), checks);
  explainProject(session, project);
  if (hasFailed) return 1;
  // Nothing was checked: a deployment that waits for the result must not go on.
  return checks.length === 0 && options.failOn !== 'none' ? 2 : 0;
}

function showTable(
  { output, texts }: Session,
  { store, awayStore }: Project,
  checks: readonly CheckedKey[],
  { dryRun }: CheckOptions,
): void {
  if (checks.length === 0) return;
  output.table(
    checkColumns(texts.check),
    checks.map((each) => checkRow(each, texts.check)),
  );
  const advice = adviceLines(checks, texts.check);
  if (advice.length > 0) output.line();
  for (const line of advice) output.paragraph(line);
  output.line();
  const counts = countsOf(checks);
  output.line(texts.check.summary(counts, checks.length), counts.working === checks.length ? 'green' : 'yellow');
  if (store === undefined || dryRun === true) return;
  if (awayStore() !== undefined) output.note(texts.check.notShared(store.place), 'yellow');
  else output.note(texts.check.shared(store.place), 'dim');
}

function countsOf(checks: readonly CheckedKey[]): Readonly<Record<Verdict, number>> {
  const counts = { working: 0, invalid: 0, exhausted: 0, limited: 0, unknown: 0 };
  for (const each of checks) counts[verdictOf(each)]++;
  return counts;
}

/** The result for programs; its shape is documented. */
function documentOf(
  project: Project,
  checks: readonly CheckedKey[],
  hasFailed: boolean,
): Readonly<Record<string, unknown>> {
  return {
    command: 'check',
    hasFailed,
    summary: { total: checks.length, ...countsOf(checks) },
    keys: checks,
    problems: project.providers.flatMap(({ provider, problem }) =>
      problem === undefined ? [] : [{ provider: provider.name, problem }],
    ),
    missing: project.missing.map(({ name, packageName, peers }) => ({
      provider: name,
      install: project.installLine([packageName, ...peers]),
    })),
  };
}
