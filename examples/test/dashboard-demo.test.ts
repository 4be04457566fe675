import type { ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { texts } from '../dashboard-demo/texts.ts';
import { runExample, startExample } from './run-example.ts';
import { untilPrinted, type Printed } from './until-printed.ts';

const file = 'dashboard-demo/main.ts';
const within = { timeout: 20_000, interval: 300 };

/** The parts of the dashboard's documents that the tests look at. */
interface Section {
  readonly displayName: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly rows: { readonly order: readonly string[]; readonly rows: Readonly<Record<string, object>> };
}
interface PageDocument {
  readonly frame: { readonly headline: object };
  readonly page: { readonly pools: { readonly rows: Readonly<Record<string, Section>> } };
}

/** A running demo, and what its dashboard shows to those who have its link. */
class Demo {
  readonly printed: Printed = { text: '' };
  readonly link: Promise<URL>;
  readonly #child: ChildProcess;

  constructor(...args: readonly string[]) {
    this.#child = startExample(file, {}, ['--port', '0', ...args]);
    this.link = untilPrinted(this.#child, /(http:\S+#token=\S+)/, this.printed).then((link) => new URL(link));
  }

  async text(view: string): Promise<string> {
    const link = await this.link;
    const headers = { authorization: `Bearer ${link.hash.replace('#token=', '')}` };
    return (await fetch(new URL(`api/v1/view?page=${view}`, link), { headers })).text();
  }

  async document(view: string): Promise<PageDocument> {
    return JSON.parse(await this.text(view)) as PageDocument;
  }

  async section(displayName: string): Promise<Section | undefined> {
    const { page } = await this.document('overview');
    return Object.values(page.pools.rows).find((section) => section.displayName === displayName);
  }

  async rows(displayName: string): Promise<readonly (object | undefined)[] | undefined> {
    const rows = (await this.section(displayName))?.rows;
    return rows?.order.map((id) => rows.rows[id]);
  }

  /** Resolves to the exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown> {
    const { exitCode } = this.#child;
    if (exitCode !== null) return exitCode;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill(signal);
    return ended;
  }
}

describe('the incident of the dashboard demo', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = new Demo();
    await demo.link;
  });
  afterAll(() => demo.end());

  it('has a key in each kind of trouble within seconds', async () => {
    await expect
      .poll(() => demo.rows('OpenAI'), within)
      .toMatchObject([
        { label: 'team-a', state: 'cooling', reason: 'rate-limited' },
        { label: 'team-b', state: 'refused', reason: 'invalid-key' },
        { label: 'backup', state: 'healthy' },
        { label: 'spare', state: 'suspect', reason: 'transient' },
      ]);
    await expect
      .poll(() => demo.rows('YouTube'), within)
      .toMatchObject([
        { label: 'YOUTUBE_API_KEY', state: 'cooling', reason: 'quota-exhausted' },
        { label: 'YOUTUBE_API_KEY_2', state: 'healthy' },
        { label: 'YOUTUBE_API_KEY_3', state: 'healthy' },
        { label: 'YOUTUBE_API_KEY_4', state: 'off', actor: 'ana' },
      ]);
    const mistral = async (): Promise<object | undefined> => (await demo.section('Mistral'))?.counts;
    await expect.poll(mistral, within).toMatchObject({ refused: 2, cooling: 8, full: 3, off: 1 });
  });

  it('fires alerts, and delivers them', async () => {
    const alerts = async (): Promise<object> => (await demo.document('alerts')).page;
    await expect.poll(alerts, within).toMatchObject({
      firing: expect.arrayContaining([expect.objectContaining({ rule: 'key.invalid', keys: ['team-b'] })]),
      channels: [
        { channel: 'oncall', lastDeliveredAtMs: expect.any(Number) },
        { channel: 'ops-webhook', lastDeliveredAtMs: expect.any(Number) },
      ],
    });
  });

  it('shows no key', async () => {
    const views = ['overview', 'provider&provider=openai', 'provider&provider=mistral', 'events', 'alerts'];
    const documents = await Promise.all(views.map((view) => demo.text(view)));
    const shown = [demo.printed.text, ...documents].join('\n');
    expect(shown).toContain('sk-…');
    expect(shown.match(/sk-proj-\w{8}|AIza[\w-]{8}|msh\w{15}p1|\b[A-Za-z\d]{32}\b/)).toBeNull();
  });

  it('says which port is in use', async () => {
    const { port } = await demo.link;
    expect(await runExample(file, {}, ['--port', port])).toEqual({
      code: 2,
      output: `Port ${port} is in use. Choose another one, or leave out --port.\n`,
    });
  });
});

describe('the demo of the dashboard', () => {
  let demo: Demo | undefined;
  afterEach(() => demo?.end());

  it('prints a link and what will happen, and ends on Ctrl-C', async () => {
    demo = new Demo('--scene', 'calm', '--lang', 'pt-BR');
    await expect.poll(async () => (await demo?.section('RapidAPI'))?.counts, within).toMatchObject({ healthy: 1 });
    const { href } = await demo.link;
    expect(await demo.end('SIGINT')).toBe(0);
    const { open, scenes, end } = texts['pt-BR'];
    expect(demo.printed.text).toBe(`${open(href)}\n${scenes.calm}\n${end}\n`);
  });

  it('has no key left in the scene of that name, and ends when it is asked to', async () => {
    demo = new Demo('--scene', 'exhausted');
    await expect
      .poll(async () => (await demo?.document('overview'))?.frame.headline, within)
      .toMatchObject({ kind: 'down', pool: { displayName: 'OpenAI' }, firstBack: { label: 'team-a' } });
    expect(await demo.end('SIGTERM')).toBe(0);
  });

  it.each([
    [['--lang=fr'], '--lang must be en or pt-BR, not "fr".'],
    [['--scene', 'storm'], '--scene must be incident, calm or exhausted, not "storm".'],
    [['--port', 'http'], '--port must be a number from 0 to 65535, not "http".'],
    [['--lang', 'pt-BR', '--cena'], 'Opção desconhecida: "--cena". Veja --help.'],
    [['calm'], 'Unknown option "calm". See --help.'],
  ])('refuses %j in one line', async (args, message) => {
    expect(await runExample(file, {}, args)).toEqual({ code: 2, output: `${message}\n` });
  });

  it('shows no key that was given as an argument', async () => {
    const key = 'sk-test-7b1e94d20c5f8a36';
    const { code, output } = await runExample(file, {}, [key]);
    expect(output).toMatch(/^Unknown option ".+"\. See --help\.$/m);
    expect(output).not.toContain(key.slice(-12));
    expect(code).toBe(2);
  });

  it.each(['en', 'pt-BR'] as const)('explains its options in %s', async (lang) => {
    const { code, output } = await runExample(file, {}, ['--lang', lang, '--help']);
    expect(output).toBe(`${texts[lang].help}\n`);
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(code).toBe(0);
  });
});
