import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { explainProject } from '../project/explain-project.ts';
import { openProject } from '../project/open-project.ts';
import { refuseAwayStore } from '../project/refuse-away-store.ts';
import type { CommandContext, Session } from '../session.ts';

/** This process makes no calls, so what counts calls would be 0, and wrong beside the metrics of the service. */
const countsCalls: ReadonlySet<string> = new Set(['counter', 'histogram']);

export function metricsCommand({ texts, action }: CommandContext): Command {
  const command = new Command('metrics').description(texts.metrics.description).action(action(metrics));
  return addExamples(command, texts, [
    'metrics',
    'metrics --state-dir /var/lib/app/keys > /var/lib/node_exporter/api-keys.prom',
    'metrics --json',
  ]);
}

async function metrics(session: Session): Promise<void> {
  const { io, output } = session;
  const project = await openProject(session);
  try {
    explainProject(session, project);
    const { managers } = project;
    await Promise.all(managers.map((manager) => manager.ready()));
    refuseAwayStore(session, project);
    const { Registry } = await import('prom-client');
    const { collectKeyMetrics } = await import('@api-key-fallback/telemetry/prometheus');
    const register = new Registry();
    const stop = collectKeyMetrics({ register, managers });
    try {
      const all = await register.getMetricsAsJSON();
      const families = all
        .filter(({ type, values }) => !countsCalls.has(String(type)) && values.length > 0)
        .map(({ name, help, type, values }) => ({ name, help, type, values }));
      if (!output.isForPeople) return output.document({ command: 'metrics', metrics: families }, families);
      for (const { name } of families) io.stdout.write(`${await register.getSingleMetricAsString(name)}\n\n`);
    } finally {
      stop();
    }
  } finally {
    await project.close();
  }
}
