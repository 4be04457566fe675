// A Nest service: managers as providers, decorated methods that are checked at the start, 503 with Retry-After while no key is available,
// and a readiness check (/ready), metrics (/metrics) and the dashboard (/ops/keys).
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… DASHBOARD_TOKEN=… PORT=3000 npx pnpm@12 example examples/nest-service.ts
// Try: curl localhost:3000/chat --json '{"prompt":"Olá"}' and curl localhost:3000/keys, /ready, /metrics
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import {
  INJECTED,
  retryWithApiKeyFallback,
  type ApiClient,
  type KeyManagerOf,
  type KeyManagerStatus,
} from '@api-key-fallback/core';
import { ApiKeyFallbackModule, InjectKeyManager } from '@api-key-fallback/nestjs';
import { KeyDashboardModule } from '@api-key-fallback/nestjs/dashboard';
import { KeyMetricsModule } from '@api-key-fallback/nestjs/metrics';
import { KeyHealthIndicator } from '@api-key-fallback/nestjs/terminus';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { Body, Controller, Get, Inject, Injectable, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';

@Injectable()
class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 2, delay: 200 })
  async chat(openai: ApiClient<'openai'>, prompt: string): Promise<string> {
    const messages = [{ role: 'user' as const, content: prompt }];
    const completion = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages });
    return completion.choices[0]?.message.content ?? '';
  }
}

// Explicit @Inject(): esbuild and tsx do not emit the types of parameters.
@Controller()
class ChatController {
  constructor(
    @Inject(ChatService) private readonly service: ChatService,
    @InjectKeyManager('openai') private readonly keys: KeyManagerOf<'openai'>,
  ) {}

  @Post('chat')
  async chat(@Body('prompt') prompt: string): Promise<{ reply: string }> {
    return { reply: await this.service.chat(INJECTED, prompt) };
  }

  @Get('keys')
  status(): KeyManagerStatus {
    return this.keys.status();
  }
}

@Controller()
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(KeyHealthIndicator) private readonly keyHealth: KeyHealthIndicator,
  ) {}

  // Not for a liveness check: a restart brings no key back.
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.keyHealth.isHealthy('keys')]);
  }
}

@Module({
  imports: [
    // Without a key, this fails before Nest starts.
    ApiKeyFallbackModule.forRoot({ managers: [OpenAIKeyManager.fromEnv()] }),
    KeyMetricsModule.forRoot(),
    // Set a token of your own to sign in.
    KeyDashboardModule.forRoot({ auth: { token: process.env['DASHBOARD_TOKEN'] ?? randomUUID() } }),
    TerminusModule,
  ],
  controllers: [ChatController, HealthController],
  providers: [ChatService, KeyHealthIndicator],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { abortOnError: false });
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 3000));
console.log(`Listening on ${await app.getUrl()}`);
