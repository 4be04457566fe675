import { errorMessage } from '@api-key-fallback/core/adapter';
import { openProject, type Project } from '../project/open-project.ts';
import type { Session } from '../session.ts';
import { checkClientPackages } from './check-client-packages.ts';
import { checkClientRetries } from './check-client-retries.ts';
import { checkClock } from './check-clock.ts';
import { checkCoreCopies } from './check-core-copies.ts';
import { checkDecorators } from './check-decorators.ts';
import { checkEnvFiles } from './check-env-files.ts';
import { checkExpiry } from './check-expiry.ts';
import { checkKeys } from './check-keys.ts';
import { checkNode } from './check-node.ts';
import { checkStores } from './check-stores.ts';
import type { Finding } from './finding.ts';
import { sourcesWithLibrary } from './source-files.ts';

/** A check, which can find several things. */
type Check = () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;

/** Runs all checks on a project, one after the other, and returns what they find in that order. */
export async function runDoctor(
  session: Session,
  { isOffline }: { readonly isOffline: boolean },
): Promise<readonly Finding[]> {
  const project = await openProject(session);
  try {
    // Keys of a source are loaded first.
    await Promise.all(project.managers.map((manager) => manager.ready()));
    return await runChecks(checksOf(project, session, isOffline), session);
  } finally {
    await project.close();
  }
}

function checksOf(
  project: Project,
  { io, texts: { doctor: texts } }: Session,
  isOffline: boolean,
): Record<string, Check> {
  const { directory, managers } = project;
  const sources = sourcesWithLibrary(directory);
  return {
    node: () => checkNode(process.versions.node, texts),
    core: () => checkCoreCopies(directory, texts),
    'client-packages': () => checkClientPackages(directory, (packages) => project.installLine(packages), texts),
    decorators: () => checkDecorators(directory, sources, texts),
    'client-retries': () => checkClientRetries(sources, texts),
    'env-files': () => checkEnvFiles(directory, texts),
    keys: () => checkKeys(project, texts),
    expiry: () => checkExpiry(managers, Date.now(), texts),
    store: () => checkStores(managers, texts),
    ...(isOffline ? {} : { clock: () => checkClock(managers, texts, io.signal) }),
  };
}

async function runChecks(checks: Record<string, Check>, { texts, io }: Session): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [check, run] of Object.entries(checks)) {
    io.signal.throwIfAborted();
    try {
      findings.push(...[await run()].flat());
    } catch (error) {
      io.signal.throwIfAborted();
      // One broken file must not hide what the other checks find.
      findings.push({ check, level: 'warning', ...texts.doctor.checkFailed(errorMessage(error)) });
    }
  }
  return findings;
}
