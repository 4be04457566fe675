import { randomBytes } from 'node:crypto';
import type { Dashboard } from '@api-key-fallback/dashboard';
import { readField } from '@api-key-fallback/core/adapter';
import { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import { openBrowser } from '../dashboard/open-browser.ts';
import { option } from '../option.ts';
import { explainProject } from '../project/explain-project.ts';
import { openProject, type Project } from '../project/open-project.ts';
import type { CommandContext, Session } from '../session.ts';
import { shownName } from '../shown-name.ts';
import { UsageError } from '../usage-error.ts';

interface DashboardFlags {
  readonly port?: string;
  readonly host?: string;
  readonly readOnly?: boolean;
  readonly open?: boolean;
}

const tokenVariable = 'API_KEY_FALLBACK_DASHBOARD_TOKEN';
const shortestToken = 16;

export function dashboardCommand({ texts, action }: CommandContext): Command {
  const { options } = texts.dashboard;
  const command = new Command('dashboard')
    .description(texts.dashboard.description)
    .addOption(option('--port <number>', options.port, 'API_KEY_FALLBACK_DASHBOARD_PORT').default('4321'))
    .addOption(option('--host <address>', options.host, 'API_KEY_FALLBACK_DASHBOARD_HOST').default('127.0.0.1'))
    .addOption(option('--read-only', options.readOnly))
    .addOption(option('--open', options.open))
    .action(action(dashboard));
  return addExamples(command, texts, [
    'dashboard --open',
    'dashboard --redis redis://localhost:6379 --read-only',
    'dashboard --port 5000',
  ]);
}

async function dashboard(
  session: Session,
  { port, host = '127.0.0.1', readOnly, open }: DashboardFlags,
): Promise<void> {
  const { io, texts } = session;
  const at = { port: portOf(port ?? '4321', session), host };
  const token = tokenOf(session);
  const project = await openProject(session);
  const ends: (() => Promise<void>)[] = [() => project.close()];
  try {
    explainProject(session, project);
    if (project.managers.length === 0) return;
    const watch = await watchAlerts(session, project);
    if (watch) ends.unshift(() => watch.close());
    const shown = await create(session, project, { token, watch, isReadOnly: readOnly });
    ends.unshift(() => shown.close());
    const { url } = await listen(shown, at, session);
    announce(session, project, { url, token, host });
    if (open && !(await openBrowser(`${url}#token=${token}`)))
      session.output.note(texts.dashboard.cannotOpen, 'yellow');
    await untilAborted(io.signal);
  } finally {
    for (const end of ends) await end();
  }
}

function portOf(given: string, { texts }: Session): number {
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= 65_535) return port;
  throw new UsageError(texts.dashboard.noPort(shownName(given)));
}

function tokenOf({ io, texts }: Session): string {
  const token = io.env[tokenVariable];
  if (token === undefined || token === '') return randomBytes(18).toString('base64url');
  if (token.length >= shortestToken) return token;
  throw new UsageError(texts.dashboard.shortToken(tokenVariable));
}

type Watch = Awaited<ReturnType<typeof watchAlerts>>;

/** Watches for alerts if the configuration has channels. They are shown, and sent like those of a service. */
async function watchAlerts({ config, locale }: Session, { managers }: Project) {
  const { channels = [] } = config;
  if (channels.length === 0) return undefined;
  const { watchKeys } = await import('@api-key-fallback/alerts');
  return watchKeys({ channels, managers, locale, logger: false });
}

async function create(
  { config, locale }: Session,
  { managers }: Project,
  {
    token,
    watch,
    isReadOnly,
  }: { readonly token: string; readonly watch: Watch; readonly isReadOnly: boolean | undefined },
): Promise<Dashboard> {
  const { createDashboard } = await import('@api-key-fallback/dashboard');
  return createDashboard({
    ...config.dashboard,
    auth: { token },
    managers,
    locale,
    logger: false,
    ...(isReadOnly === undefined ? {} : { readOnly: isReadOnly }),
    ...(watch ? { alerts: watch } : {}),
  });
}

async function listen(
  shown: Dashboard,
  at: { readonly port: number; readonly host: string },
  { texts: { dashboard: words } }: Session,
): Promise<{ readonly url: string }> {
  try {
    return await shown.listen(at);
  } catch (error) {
    const explained: Readonly<Record<string, string>> = {
      EADDRINUSE: words.portInUse(at.port, at.port < 65_535 ? at.port + 1 : at.port - 1),
      EACCES: words.portNotAllowed(at.port),
      EADDRNOTAVAIL: words.noHost(shownName(at.host)),
      ENOTFOUND: words.noHost(shownName(at.host)),
    };
    const message = explained[String(readField(error, 'code'))];
    if (message === undefined) throw error;
    throw new UsageError(message, { cause: error });
  }
}

function announce(
  { output, io, texts: { dashboard: words } }: Session,
  { store }: Project,
  { url, token, host }: { readonly url: string; readonly token: string; readonly host: string },
): void {
  if (store === undefined) output.note(words.noStore, 'yellow');
  if (!['localhost', '::1'].includes(host) && !host.startsWith('127.')) output.note(words.notLocal, 'yellow');
  const isOwn = io.env[tokenVariable] === token;
  // A token of the user is a secret that they know already.
  const link = isOwn ? url : `${url}#token=${token}`;
  if (output.isForPeople) output.line(`${words.ready} ${link}`);
  else output.entries([{ url: link }]);
  output.note(isOwn ? `${words.ownToken(tokenVariable)} ${words.end}` : words.secret);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
