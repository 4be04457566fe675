import type { AlertWatch } from '@api-key-fallback/alerts';
import { closestName } from '@api-key-fallback/core/adapter';
import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CommandContext, ExitCode, Session } from '../session.ts';
import { shownName } from '../shown-name.ts';
import { UsageError } from '../usage-error.ts';

export function alertsCommand({ texts, action }: CommandContext): Command {
  const command = new Command('alerts').description(texts.alerts.description);
  const test = new Command('test')
    .description(texts.alerts.test)
    .argument('[channel]', texts.alerts.channel)
    .action(action(testAlerts));
  command.addCommand(addExamples(test, texts, ['alerts test', 'alerts test slack', 'alerts test --json']));
  return addExamples(command, texts, ['alerts test']);
}

async function testAlerts(session: Session, channel: string | undefined): Promise<ExitCode> {
  const { config, configFile, output, locale, texts } = session;
  const { channels = [] } = config;
  if (channels.length === 0) {
    output.note(texts.alerts.noChannels(configFile ?? 'api-key-fallback.config.ts'), 'yellow');
    for (const line of texts.alerts.example) output.note(`  ${line}`);
    return 2;
  }
  const { watchKeys } = await import('@api-key-fallback/alerts');
  // Nothing but the test is sent: real alerts would wait longer than the test takes.
  const watch = watchKeys({ channels, locale, logger: false, store: false, groupWaitMs: 3_600_000 });
  try {
    return await sendTest(session, watch, channel);
  } finally {
    await watch.close();
  }
}

async function sendTest({ output, texts }: Session, watch: AlertWatch, channel: string | undefined): Promise<ExitCode> {
  const { alerts: words } = texts;
  const names = [...new Set(watch.channels().map((status) => status.channel))];
  if (channel !== undefined && !names.includes(channel)) {
    throw new UsageError(words.unknownChannel(shownName(channel), closestName(channel, names), names.join(', ')));
  }
  output.progress(words.sending);
  const results = await watch.test(channel);
  if (!output.isForPeople)
    output.document(
      { command: 'alerts test', results },
      results.map((result) => ({ ...result })),
    );
  else {
    const columns = [
      { title: words.columns.channel },
      { title: words.columns.result },
      { title: words.columns.error, canShrink: true },
    ];
    const rows = results.map(({ channel: name, isDelivered, error = '' }) => [
      name,
      isDelivered
        ? ({ text: words.delivered, style: 'green' } as const)
        : ({ text: words.failed, style: 'red' } as const),
      error,
    ]);
    output.table(columns, rows);
  }
  return results.every(({ isDelivered }) => isDelivered) ? 0 : 1;
}
