import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Whether the `prometheus` and `promtool` binaries are installed. */
export function hasPrometheus(): boolean {
  return ['prometheus', 'promtool'].every((binary) => spawnSync(binary, ['--version']).status === 0);
}

/** Runs `promtool`. Returns its exit code and all that it has printed. */
export function promtool(
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', input });
  return { status, output: stdout + stderr };
}

const running = new Set<ChildProcess>();

// A failed test must leave no server running.
process.once('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

interface Answer {
  readonly data: unknown;
}

/** A Prometheus for one test, in a new directory and on a port that the system has chosen. */
export class PrometheusProcess {
  /** Where its configuration is. */
  readonly configFile: string;
  readonly #directory: string;
  readonly #server: ChildProcess;
  readonly #url: string;

  private constructor(directory: string, configFile: string, server: ChildProcess, url: string) {
    this.configFile = configFile;
    this.#directory = directory;
    this.#server = server;
    this.#url = url;
  }

  /** @param config The configuration, as YAML or JSON. */
  static async start(config: string): Promise<PrometheusProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'prometheus-'));
    const configFile = join(directory, 'prometheus.yml');
    writeFileSync(configFile, config);
    const server = spawn(
      'prometheus',
      [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    running.add(server);
    server.once('exit', () => running.delete(server));
    const lines: string[] = [];
    for await (const line of createInterface({ input: server.stderr })) {
      lines.push(line);
      const [, address] = /msg="Listening on" address=(\S+)/.exec(line) ?? [];
      if (address !== undefined) {
        server.stderr.resume();
        return new PrometheusProcess(directory, configFile, server, `http://${address}`);
      }
    }
    throw new Error(`Prometheus has ended during its start: ${lines.join('\n')}`);
  }

  /** Asks its HTTP API, and returns the `data` of the answer. */
  async ask(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    if (!response.ok) throw new Error(`${JSON.stringify(parameters)}: ${await response.text()}`);
    return ((await response.json()) as Answer).data;
  }

  async stop(): Promise<void> {
    this.#server.kill('SIGKILL');
    if (running.has(this.#server)) await once(this.#server, 'exit');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
