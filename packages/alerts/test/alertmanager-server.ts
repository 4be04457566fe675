import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const binary = 'prometheus-alertmanager';

/** Whether Debian's package `prometheus-alertmanager` is installed. */
export function hasAlertmanager(): boolean {
  return spawnSync(binary, ['--version']).status === 0;
}

/** An alert as Alertmanager's API shows it. */
export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

const running = new Set<ChildProcess>();

// A failed test must leave no server running.
process.once('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/** An Alertmanager on a port that the system has chosen, in a new directory, which notifies nobody. */
export class AlertmanagerServer implements AsyncDisposable {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #directory: string;

  private constructor(url: string, server: ChildProcess, directory: string) {
    this.url = url;
    this.#process = server;
    this.#directory = directory;
  }

  static async start(...args: string[]): Promise<AlertmanagerServer> {
    const directory = mkdtempSync(join(tmpdir(), 'alertmanager-'));
    const config = join(directory, 'alertmanager.yml');
    writeFileSync(config, 'route:\n  receiver: none\nreceivers:\n  - name: none\n');
    const server = spawn(binary, [
      `--config.file=${config}`,
      `--storage.path=${join(directory, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
      ...args,
    ]);
    running.add(server);
    return new AlertmanagerServer(`http://${await listeningAddress(server)}`, server, directory);
  }

  /** All alerts that it knows of, those that fire and those that have been resolved a moment ago. */
  async alerts(path = ''): Promise<readonly ShownAlert[]> {
    const response = await fetch(`${this.url}${path}/api/v2/alerts`);
    return (await response.json()) as ShownAlert[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGKILL');
    await ended;
    running.delete(this.#process);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function listeningAddress(server: ChildProcess): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stderr ?? process.stdin })) {
    lines.push(line);
    const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    // Unread output would stop it when the pipe is full.
    server.stderr?.resume();
    return address;
  }
  throw new Error(`Alertmanager has ended: ${lines.join('\n')}`);
}
