import {
  ApiKeyManager,
  INJECTED,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  wrapWithFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import {
  ApiKeyFallbackModule,
  requestPool,
  runInPool,
  type ApiKeyFallbackModuleOptions,
} from '@api-key-fallback/nestjs';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Scope,
  Sse,
  type CanActivate,
  type ExecutionContext,
  type MessageEvent,
} from '@nestjs/common';
import { APP_GUARD, NestFactory, REQUEST } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { from, lastValueFrom, map, type Observable } from 'rxjs';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lumen, lumenAdapter } from './lumen.ts';
import { platforms } from './platforms.ts';
import { moduleOf, startApp } from './start-app.ts';

interface TenantRequest {
  readonly headers: { readonly 'x-tenant'?: string };
  tenant?: string | undefined;
}

/** Adds the tenant to the request, as a guard that reads a token does. */
@Injectable()
class TenantGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<TenantRequest>();
    request.tenant = request.headers['x-tenant'];
    return true;
  }
}

const pool = (context: ExecutionContext): string | undefined =>
  context.switchToHttp().getRequest<TenantRequest>().tenant;

const whose = wrapWithFallback(async (apiKey: ApiKey<typeof lumen>) => apiKey, { provider: lumen, pool: requestPool });

@Injectable()
class TenantService {
  @retryWithApiKeyFallback({ provider: lumen, pool: requestPool })
  async whose(apiKey: ApiKey<typeof lumen>): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    return apiKey;
  }

  @retryWithApiKeyFallback({ provider: lumen, pool: requestPool })
  async *stream(apiKey: ApiKey<typeof lumen>): AsyncGenerator<string> {
    yield apiKey;
    yield 'end';
  }
}

@Injectable({ scope: Scope.REQUEST })
class OfRequest extends TenantService {
  constructor(@Inject(REQUEST) readonly request: TenantRequest) {
    super();
  }
}

@Controller()
class TenantController {
  constructor(
    @Inject(TenantService) private readonly service: TenantService,
    @Inject(OfRequest) private readonly ofRequest: OfRequest,
  ) {}

  @Get('whose')
  async whose(): Promise<string[]> {
    const status = registry.get(lumen, requestPool()).status();
    return [await this.service.whose(INJECTED), await this.ofRequest.whose(INJECTED), await whose(), status.pool].map(
      (text) => text.replace('sk-example-of-', ''),
    );
  }

  @Sse('stream')
  stream(): Observable<MessageEvent> {
    return from(injectKeys(this.service).stream()).pipe(map((data) => ({ data: data.replace('sk-example-of-', '') })));
  }
}

function managers(): ApiKeyManager[] {
  return ['default', 'acme', 'globex'].map(
    (name) => new ApiKeyManager(lumenAdapter, [`sk-example-of-${name}`], { pool: name, logger: false }),
  );
}

describe.each(Object.entries(platforms))('requestPool with %s', (_name, platform) => {
  async function start(options: ApiKeyFallbackModuleOptions = { pool }): Promise<string> {
    const { url } = await startApp(
      {
        imports: [ApiKeyFallbackModule.forRoot({ managers: managers(), ...options })],
        controllers: [TenantController],
        providers: [TenantService, OfRequest, { provide: APP_GUARD, useClass: TenantGuard }],
      },
      { adapter: platform() },
    );
    return url;
  }

  const get = (url: string, tenant?: string): Promise<Response> =>
    fetch(url, tenant === undefined ? {} : { headers: { 'x-tenant': tenant } });

  it('names the pool of the request, in services and functions of any scope, for requests at the same time', async () => {
    const url = await start();
    const tenants = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'acme' : 'globex'));
    const answers = await Promise.all(tenants.map(async (tenant) => (await get(`${url}/whose`, tenant)).json()));
    expect(answers).toEqual(tenants.map((tenant) => [tenant, tenant, tenant, tenant]));
  });

  it('names the default pool if the function of the module returns undefined', async () => {
    expect(await (await get(`${await start()}/whose`)).json()).toEqual(['default', 'default', 'default', 'default']);
  });

  it('names it in a stream of events', async () => {
    const url = await start();
    expect(await (await get(`${url}/stream`, 'globex')).text()).toContain('data: globex\n');
  });

  it('is an error for an unknown tenant, and without a function of the module', async () => {
    expect((await get(`${await start()}/whose`, 'initech')).status).toBe(500);
    await registry.close();
    expect((await get(`${await start({})}/whose`, 'acme')).status).toBe(500);
  });

  it('is an error for an async function of the module, also if it rejects', async () => {
    const rejects = async (): Promise<string> => {
      throw new Error('The database is away.');
    };
    expect((await get(`${await start({ pool: rejects as never })}/whose`, 'acme')).status).toBe(500);
  });
});

@Controller()
class MessageController {
  constructor(@Inject(TenantService) private readonly service: TenantService) {}

  @MessagePattern('whose')
  whose(): Promise<string> {
    return this.service.whose(INJECTED);
  }
}

describe('requestPool in a microservice', () => {
  it('names the pool of the message', async () => {
    const module = moduleOf({
      imports: [
        ApiKeyFallbackModule.forRoot({
          managers: managers(),
          pool: (context) => context.switchToRpc().getData<{ readonly tenant: string }>().tenant,
        }),
      ],
      controllers: [MessageController],
      providers: [TenantService],
    });
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, {
      transport: Transport.TCP,
      options: { port: 0, host: '127.0.0.1' },
      logger: false,
    });
    onTestFinished(() => app.close());
    await app.listen();
    const { port } = app.unwrap<{ address(): { readonly port: number } }>().address();
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    onTestFinished(() => client.close() as void);
    const asked = ['acme', 'globex'].map((tenant) => lastValueFrom(client.send<string>('whose', { tenant })));
    expect(await Promise.all(asked)).toEqual(['sk-example-of-acme', 'sk-example-of-globex']);
  });
});

describe('runInPool()', () => {
  beforeEach(() => {
    for (const manager of managers()) registry.register(manager, { replace: true });
    return () => registry.close();
  });

  it('names the pool where there is no request', async () => {
    const asked = ['acme', 'globex'].map((tenant) => runInPool(tenant, () => whose()));
    expect(await Promise.all(asked)).toEqual(['sk-example-of-acme', 'sk-example-of-globex']);
  });

  it('is needed there', async () => {
    await expect(whose()).rejects.toThrow(
      'requestPool was used outside of a request, so the pool is unknown. Pass { pool: (context) => … } to ApiKeyFallbackModule;',
    );
  });
});
