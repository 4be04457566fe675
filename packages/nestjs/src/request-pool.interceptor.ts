import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { ApiKeyFallbackOptions } from './module-options.ts';
import { runWithPool } from './request-pool.ts';

/** Lets `requestPool` find the request: of HTTP, of a microservice, of a WebSocket gateway. */
export class RequestPoolInterceptor implements NestInterceptor {
  readonly #pool: ApiKeyFallbackOptions['pool'];

  constructor({ pool }: ApiKeyFallbackOptions) {
    this.#pool = pool;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const pool = this.#pool;
    if (!pool) return next.handle();
    // The handler runs when it is subscribed to, in the context in which `handle()` was called.
    return new Observable((subscriber) =>
      runWithPool(
        () => pool(context),
        () => next.handle().subscribe(subscriber),
      ),
    );
  }
}
