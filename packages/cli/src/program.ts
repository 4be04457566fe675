import { readFileSync } from 'node:fs';
import { Command, type Option } from 'commander';
import { addExamples } from './add-examples.ts';
import { alertsCommand } from './commands/alerts-test.ts';
import { checkCommand } from './commands/check.ts';
import { completionCommand } from './commands/completion.ts';
import { dashboardCommand } from './commands/dashboard.ts';
import { disableCommand } from './commands/disable.ts';
import { doctorCommand } from './commands/doctor.ts';
import { enableCommand } from './commands/enable.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { metricsCommand } from './commands/metrics.ts';
import { resetCommand } from './commands/reset.ts';
import { statusCommand } from './commands/status.ts';
import { watchCommand } from './commands/watch.ts';
import type { Io } from './io.ts';
import { openSession } from './open-session.ts';
import type { CommandContext, ExitCode } from './session.ts';
import { addGlobalOptions } from './settings.ts';
import type { ProgramTexts } from './texts/english/program.ts';
import type { Texts } from './texts/texts.ts';

/** In the order of the help. */
const commands: readonly ((context: CommandContext) => Command)[] = [
  checkCommand,
  keysCommand,
  statusCommand,
  watchCommand,
  resetCommand,
  disableCommand,
  enableCommand,
  dashboardCommand,
  metricsCommand,
  alertsCommand,
  initCommand,
  doctorCommand,
  completionCommand,
];

const examples = ['check', 'keys --provider openai', 'status --redis redis://localhost:6379', 'check --json'];

/** Creates the program. It throws instead of ending the process, and passes the exit code of a command to `end`. */
export function createProgram(io: Io, texts: Texts, end: (code: ExitCode) => void): Command {
  const program = new Command('api-key-fallback');
  const context: CommandContext = {
    texts,
    action:
      (run) =>
      async (...args) => {
        const session = await openSession(io, program.opts());
        try {
          // Commander passes the command itself last.
          end((await run(session, ...(args.slice(0, -1) as never))) ?? 0);
        } finally {
          session.output.clearProgress();
        }
      },
  };
  program
    .description(texts.program.description)
    .version(versionOf(), '-V, --version', texts.program.options.version)
    .helpCommand('help [command]', texts.program.helpCommand);
  addGlobalOptions(program, texts.program);
  for (const create of commands) program.addCommand(create(context));
  for (const command of withSubcommands(program)) adapt(command, io, texts);
  addExamples(program, texts, examples);
  program.addHelpText('after', `\n${texts.program.more}`);
  return program;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Makes a command write to the streams of the program, in its language. Commander passes on only a part of this by itself. */
function adapt(command: Command, { stdout }: Io, { program }: Texts): void {
  command
    .exitOverride()
    .helpOption('-h, --help', program.options.help)
    .showSuggestionAfterError()
    .configureHelp({
      showGlobalOptions: true,
      optionDescription: (each) => describeOption(each, program),
      styleTitle: (title) => program.headings[title] ?? title,
    })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // `run` writes errors, in the language of the user.
      writeErr: () => {},
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function describeOption({ description, argChoices, defaultValue, envVar }: Option, texts: ProgramTexts): string {
  const facts = [
    ...(argChoices === undefined ? [] : [argChoices.join(', ')]),
    ...(defaultValue === undefined || defaultValue === true ? [] : [texts.byDefault(String(defaultValue))]),
    ...(envVar === undefined ? [] : [envVar]),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
