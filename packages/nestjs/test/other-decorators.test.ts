import {
  AllKeysFailedError,
  currentAttempt,
  INJECTED,
  InvalidOptionsError,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { ApiKeyFallbackModule } from '@api-key-fallback/nestjs';
import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  ParseIntPipe,
  Query,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Ctx, MessagePattern, Payload, Transport, ClientProxyFactory, type TcpContext } from '@nestjs/microservices';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { lastValueFrom, map, type Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lumen, lumenKeys, lumenManager, rateLimited } from './lumen.ts';
import { platforms } from './platforms.ts';
import { RecordedLog } from './record-log.ts';
import { startApp } from './start-app.ts';

const Roles = (...roles: string[]) => SetMetadata('roles', roles);

@Injectable()
class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const roles = new Reflector().get<string[] | undefined>('roles', context.getHandler());
    return roles === undefined || roles.includes('reader');
  }
}

class LoudInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<string>): Observable<string> {
    return next.handle().pipe(map((text) => text.toUpperCase()));
  }
}

const counted: string[] = [];

/** A decorator of an application that wraps the method, as one for timing does. */
function Counted(_target: object, name: string, descriptor: PropertyDescriptor): void {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]) {
    counted.push(name);
    return method.apply(this, args);
  };
}

@Injectable()
class AskService {
  readonly failing = new Set<string>();

  @Counted
  @retryWithApiKeyFallback({ provider: lumen, maxRetries: 1, delay: 0 })
  @Roles('reader')
  async ask(apiKey: ApiKey<typeof lumen>, prompt: string): Promise<string> {
    if (this.failing.has(apiKey)) throw rateLimited();
    return `${prompt} ${currentAttempt().attemptNumber} of key ${lumenKeys.indexOf(apiKey) + 1}`;
  }
}

@Controller()
@UseGuards(RolesGuard)
class AskController {
  constructor(@Inject(AskService) private readonly service: AskService) {}

  /** Nest passes `undefined` in the place of the key, because no decorator of a parameter asks for it. */
  @Get('double')
  @Roles('reader')
  @HttpCode(202)
  @UseInterceptors(LoudInterceptor)
  @retryWithApiKeyFallback({ provider: lumen })
  async double(_apiKey: ApiKey<typeof lumen>, @Query('n', ParseIntPipe) n: number): Promise<string> {
    return `twice is ${n * 2}`;
  }

  @retryWithApiKeyFallback({ provider: lumen })
  @UseInterceptors(LoudInterceptor)
  @HttpCode(202)
  @Roles('reader')
  @Get('triple')
  async triple(_apiKey: ApiKey<typeof lumen>, @Query('n', ParseIntPipe) n: number): Promise<string> {
    return `thrice is ${n * 3}`;
  }

  @Get('closed')
  @Roles('writer')
  @retryWithApiKeyFallback({ provider: lumen })
  async closed(_apiKey: ApiKey<typeof lumen>, @Query('n') n: string): Promise<string> {
    return n;
  }

  @Get('ask')
  async ask(@Query('prompt') prompt: string): Promise<string> {
    return this.service.ask(INJECTED, prompt);
  }

  @MessagePattern('keyed')
  @retryWithApiKeyFallback({ provider: lumen })
  async onKeyedMessage(apiKey: ApiKey<typeof lumen>, @Payload() prompt: string): Promise<string> {
    return `${prompt} with key ${lumenKeys.indexOf(apiKey) + 1}`;
  }

  @MessagePattern('mistake')
  async onMistake(): Promise<void> {
    throw new InvalidOptionsError('A mistake in the code.');
  }

  @MessagePattern('ask')
  async onMessage(@Payload() prompt: string, @Ctx() _context: TcpContext): Promise<string> {
    return this.service.ask(INJECTED, prompt);
  }
}

@Injectable()
class AskingJob {
  readonly answers: string[] = [];
  readonly asked: Promise<void>;
  #done: () => void = () => {};

  constructor(@Inject(AskService) private readonly service: AskService) {
    this.asked = new Promise((resolve) => (this.#done = resolve));
  }

  @Cron('0 0 1 1 *', { name: 'keyed' })
  @retryWithApiKeyFallback({ provider: lumen })
  async askKeyed(apiKey: ApiKey<typeof lumen>): Promise<void> {
    this.answers.push(`job with key ${lumenKeys.indexOf(apiKey) + 1}`);
  }

  @Cron('0 0 1 1 *', { name: 'asking' })
  async ask(): Promise<void> {
    this.answers.push(await this.service.ask(INJECTED, 'job'));
    this.#done();
  }
}

const appOf = () => ({
  imports: [ApiKeyFallbackModule.forRoot({ managers: [lumenManager({ logger: false })] }), ScheduleModule.forRoot()],
  controllers: [AskController],
  providers: [AskService, AskingJob],
});

describe.each(Object.entries(platforms))('decorated methods in Nest with %s', (_name, platform) => {
  it('are route handlers, below and above the decorators of Nest', async () => {
    const { url } = await startApp(appOf(), { adapter: platform() });
    const answers = await Promise.all(['double?n=21', 'triple?n=21'].map((path) => fetch(`${url}/${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['TWICE IS 42', 'THRICE IS 63']);
    expect((await fetch(`${url}/double?n=many`)).status).toBe(400);
    expect((await fetch(`${url}/closed?n=1`)).status).toBe(403);
  });

  it('keep the decorators of an application, and fall over', async () => {
    const { app, url } = await startApp(appOf(), { adapter: platform() });
    counted.length = 0;
    app.get(AskService).failing.add(lumenKeys[0] ?? '');
    expect(await (await fetch(`${url}/ask?prompt=hello`)).text()).toBe('hello 1 of key 2');
    expect(counted).toEqual(['ask']);
  });

  it('answer 503 when all keys fail', async () => {
    const { app, url } = await startApp(appOf(), { adapter: platform() });
    for (const key of lumenKeys) app.get(AskService).failing.add(key);
    const answer = await fetch(`${url}/ask?prompt=hello`);
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
  });
});

describe('decorated methods of Nest', () => {
  it('belong to classes that are injected by their type', async () => {
    @Injectable()
    class TypedService {
      constructor(readonly service: AskService) {}

      @retryWithApiKeyFallback({ provider: lumen })
      async ask(apiKey: ApiKey<typeof lumen>, prompt: string): Promise<string> {
        return this.service.ask(apiKey, prompt);
      }
    }
    const { imports } = appOf();
    const { app } = await startApp({ imports, providers: [AskService, TypedService] });
    expect(await app.get(TypedService).ask(INJECTED, 'typed')).toBe('typed 1 of key 1');
  });

  it('run in cron jobs', async () => {
    const { app } = await startApp(appOf());
    const jobs = app.get(SchedulerRegistry);
    await jobs.getCronJob('keyed').fireOnTick();
    void jobs.getCronJob('asking').fireOnTick();
    const job = app.get(AskingJob);
    await job.asked;
    expect(job.answers).toEqual(['job with key 1', 'job 1 of key 1']);
  });

  it('run in handlers of microservices, and say when the first key is back', async () => {
    const log = new RecordedLog();
    const { app } = await startApp(appOf(), {
      logger: log,
      prepare: async (hybrid) => {
        const options = { port: 0, host: '127.0.0.1' };
        hybrid.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true });
        await hybrid.startAllMicroservices();
      },
    });
    const [service] = app.getMicroservices();
    const server = service?.unwrap<{ address(): { readonly port: number } }>();
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: server?.address().port ?? 0 },
    });
    onTestFinished(() => client.close() as void);
    const send = (pattern = 'ask'): Promise<string> => lastValueFrom(client.send<string>(pattern, 'message'));
    expect(await send()).toBe('message 1 of key 1');
    expect(await send('keyed')).toBe('message with key 1');
    for (const key of lumenKeys) app.get(AskService).failing.add(key);
    const error = await send().catch((caught: unknown) => caught);
    expect(error).toEqual({ status: 'error', message: 'Service Unavailable', retryAfterMs: expect.any(Number) });
    expect(AllKeysFailedError.isInstance(error)).toBe(false);
    const mistake = await send('mistake').catch((caught: unknown) => caught);
    expect(mistake).toEqual({ status: 'error', message: 'Internal server error' });
    expect(log.ours).toEqual(['error [ApiKeyFallback] A mistake in the code.']);
  });
});
