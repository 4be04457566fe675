import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import type { IProbe } from 'kubernetes-models/v1';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freePort, RedisProcess } from '../../../test-support/redis-process.ts';
import { containerOf, deployment, manifests, secret, service, typeErrors, validate } from './manifests.ts';
import { MountedSecret } from './mounted-secret.ts';
import { RecipeProcess } from './recipe-process.ts';

const [first, second, third] = ['sk-example-first-00001', 'sk-example-second-0001', 'sk-example-third-00001'] as const;
const container = containerOf('chat');
const pod = deployment('chat').spec?.template.spec;
const declared = Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value]));

let provider: ProviderServer;
let redis: RedisProcess;
let mounted: MountedSecret;

beforeEach(async () => {
  redis = await RedisProcess.start();
  provider = await startProviderServer({ otherwise: 'ok', keys: { [first]: ['invalid-key'] } });
  const names = Object.keys(secret('openai-keys').stringData ?? {});
  mounted = await MountedSecret.mount(
    Object.fromEntries(names.map((name, index) => [name, [first, second][index] ?? ''])),
  );
});
afterEach(async () => {
  await mounted[Symbol.asyncDispose]();
  await Promise.all([provider.close(), redis.stop()]);
});

interface Pod extends AsyncDisposable {
  readonly process: RecipeProcess;
  readonly port: number;
  /** Requests what a probe requests. */
  readonly probe: (probe: IProbe | undefined) => Promise<number>;
  readonly chat: (prompt: string) => Promise<Response>;
}

/** Starts the service with what its manifest declares: only the port, the mount and the address of Redis are those of this machine. */
async function startPod(): Promise<Pod> {
  const port = await freePort();
  const [mount] = container.volumeMounts ?? [];
  const process = RecipeProcess.start('kubernetes/service.ts', {
    ...declared,
    PORT: declared['PORT']?.replace(String(container.ports?.[0]?.containerPort), String(port)) ?? '',
    OPENAI_KEYS_DIR: declared['OPENAI_KEYS_DIR']?.replace(mount?.mountPath ?? '', mounted.folder) ?? '',
    REDIS_URL: declared['REDIS_URL']?.replace(/^redis:\/\/redis:6379$/, redis.url) ?? '',
    OPENAI_BASE_URL: provider.openaiBaseURL,
  });
  await process.waitFor(/Listening/);
  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { connection: 'close' } });
  return {
    process,
    port,
    probe: async (probe) => (await get(probe?.httpGet?.path ?? '')).status,
    chat: (prompt) => get('/chat', { method: 'POST', body: prompt }),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

it('kubernetes: the manifests are valid', () => {
  expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata?.name}`)).toEqual([
    'Deployment chat',
    'Service chat',
    'Secret openai-keys',
    'Deployment redis',
    'Service redis',
  ]);
  for (const manifest of manifests) validate(manifest);
  expect(typeErrors(manifests)).toEqual([]);
  const misspelt = JSON.parse(JSON.stringify(deployment('chat')).replace('livenessProbe', 'livenesProbe'));
  expect(typeErrors([misspelt]).join('\n')).toContain('livenesProbe');
});

it('kubernetes: the manifests fit each other', () => {
  for (const name of ['chat', 'redis']) {
    expect(deployment(name).spec?.template.metadata?.labels).toEqual(service(name).spec?.selector);
    expect(deployment(name).spec?.selector.matchLabels).toEqual(service(name).spec?.selector);
    expect(service(name).spec?.ports?.[0]?.targetPort).toBe(containerOf(name).ports?.[0]?.name);
  }
  const { readinessProbe, livenessProbe, volumeMounts, lifecycle, ports } = container;
  for (const probe of [readinessProbe, livenessProbe]) expect(probe?.httpGet?.port).toBe(ports?.[0]?.name);
  expect(declared['REDIS_URL']).toBe(`redis://redis:${service('redis').spec?.ports?.[0]?.port}`);
  expect(pod?.volumes?.find(({ name }) => name === volumeMounts?.[0]?.name)?.secret).toEqual({
    secretName: secret('openai-keys').metadata?.name,
    defaultMode: 0o440,
  });
  const endMs = 1000 * (lifecycle?.preStop?.sleep?.seconds ?? 0) + Number(declared['CALL_DEADLINE_MS']) + 6000;
  expect(endMs).toBeLessThan(1000 * (pod?.terminationGracePeriodSeconds ?? 0));
});

it('kubernetes: what one pod learns, the other one knows, and only without a key a pod is not ready', async () => {
  await using one = await startPod();
  expect(await one.probe(container.readinessProbe)).toBe(200);
  expect(await (await one.chat('Bom dia')).text()).toBe('You said: Bom dia');
  await using other = await startPod();
  expect(await (await other.chat('Boa tarde')).text()).toBe('You said: Boa tarde');
  expect(provider.requestCount(first)).toBe(1);
  expect(await other.probe(container.readinessProbe)).toBe(200);

  provider.script(second, ['invalid-key']);
  expect((await other.chat('Boa noite')).status).toBe(503);
  for (const each of [one, other]) {
    await vi.waitFor(async () => expect(await each.probe(container.readinessProbe)).toBe(503), 10_000);
    expect(await each.probe(container.livenessProbe)).toBe(200);
  }
});

it('kubernetes: uses a rotated key without a restart', async () => {
  await using running = await startPod();
  const [revoked = '', kept = ''] = Object.keys(secret('openai-keys').stringData ?? {});
  expect((await running.chat('Bom dia')).status).toBe(200);
  await mounted.update({ [revoked]: third, [kept]: second });
  await running.process.waitFor(/Keys changed: 1 added, 1 removed, 1 kept/);
  expect(await (await running.chat('Boa tarde')).text()).toBe('You said: Boa tarde');
  expect(provider.requestCount(third)).toBe(1);
});

it('kubernetes: SIGTERM waits for the running requests', async () => {
  await using ending = await startPod();
  const begun = request({
    port: ending.port,
    path: '/chat',
    method: 'POST',
    agent: false,
    headers: { expect: '100-continue' },
  });
  begun.flushHeaders();
  await once(begun, 'continue');
  const ended = ending.process.end('SIGTERM');
  await ending.process.waitFor(/Ending after the running requests/);
  begun.end('Boa noite');
  const [response] = (await once(begun, 'response')) as [IncomingMessage];
  expect(await text(response)).toBe('You said: Boa noite');
  expect(await ended).toBe(0);
});

it('kubernetes: does not start without keys, and says why', async () => {
  await mounted.update({});
  const port = await freePort();
  await using process = RecipeProcess.start('kubernetes/service.ts', {
    ...declared,
    PORT: String(port),
    OPENAI_KEYS_DIR: mounted.folder,
    REDIS_URL: redis.url,
  });
  await process.waitFor(/KEY_SOURCE_FAILED/);
  expect(await process.exit()).toBe(1);
});
