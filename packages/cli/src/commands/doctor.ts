import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { Finding, FindingLevel } from '../doctor/finding.ts';
import { option } from '../option.ts';
import type { Style } from '../output/style.ts';
import { wrapText } from '../output/wrap-text.ts';
import type { CommandContext, ExitCode, Session } from '../session.ts';

interface DoctorOptions {
  readonly offline?: boolean;
}

export function doctorCommand({ texts, action }: CommandContext): Command {
  const command = new Command('doctor')
    .description(texts.doctor.description)
    .addOption(option('--offline', texts.doctor.options.offline))
    .action(action((session, { offline = false }: DoctorOptions) => doctor(session, offline)));
  return addExamples(command, texts, ['doctor', 'doctor --offline', 'doctor --json']);
}

async function doctor(session: Session, isOffline: boolean): Promise<ExitCode> {
  const { output, texts } = session;
  output.progress(texts.doctor.checking);
  const { runDoctor } = await import('../doctor/run-doctor.ts');
  const findings = await runDoctor(session, { isOffline });
  const count = (level: FindingLevel) => findings.filter((finding) => finding.level === level).length;
  const counts = { errors: count('error'), warnings: count('warning') };
  if (!output.isForPeople)
    output.document(
      { command: 'doctor', ...counts, findings },
      findings.map((finding) => ({ ...finding })),
    );
  else {
    for (const finding of findings) write(finding, session);
    output.line();
    output.line(texts.doctor.summary(counts.errors, counts.warnings), 'bold');
  }
  return counts.errors > 0 ? 1 : 0;
}

const styles: Readonly<Record<FindingLevel, Style>> = { error: 'red', warning: 'yellow', fine: 'green' };

function write({ level, message, action, file, line }: Finding, { io, output, texts }: Session): void {
  const { levels } = texts.doctor;
  const width = Math.max(...Object.values(levels).map(({ length }) => length));
  const indent = ' '.repeat(width + 2);
  const room = output.width - indent.length;
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  const [first = '', ...others] = wrapText(`${place}${message}`, room);
  const shownLevel = output.paint(levels[level].padEnd(width), styles[level]);
  const lines = [
    `${shownLevel}  ${output.paint(first)}`,
    ...others.map((text) => indent + output.paint(text)),
    ...(action === undefined ? [] : wrapText(action, room)).map((text) => indent + output.paint(text, 'dim')),
  ];
  output.clearProgress();
  io.stdout.write(`${lines.join('\n')}\n`);
}
