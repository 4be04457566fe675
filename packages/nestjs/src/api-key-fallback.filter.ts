import {
  Catch,
  GatewayTimeoutException,
  Logger,
  ServiceUnavailableException,
  type ArgumentsHost,
  type HttpException,
} from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { AllKeysFailedError, ApiKeyFallbackError } from '@api-key-fallback/core';
import { throwError } from 'rxjs';

/**
 * Answers 503 with `Retry-After` when a call finds no key, 503 when the key source has none, and 504 when the deadline of a call has
 * passed. Other errors of the library are mistakes in the code, and stay 500. Clients see nothing of keys and providers.
 *
 * A handler of a microservice gets `{ status: 'error', message: 'Service Unavailable', retryAfterMs }`.
 *
 * The module sets it for the whole application, unless it is made with `answerErrors: false`. Do not set it for a WebSocket gateway: Nest
 * sends its clients nothing of what a filter returns.
 *
 * @example
 * \@UseFilters(ApiKeyFallbackFilter)
 * \@Controller('chat')
 * export class ChatController {}
 */
@Catch(AllKeysFailedError, ApiKeyFallbackError)
export class ApiKeyFallbackFilter extends BaseExceptionFilter {
  override catch(error: AllKeysFailedError | ApiKeyFallbackError, host: ArgumentsHost): unknown {
    const exception = exceptionOf(error);
    const retryAfterMs = AllKeysFailedError.isInstance(error) ? error.retryAfterMs : undefined;
    const type = host.getType<string>();
    if (type === 'rpc') {
      if (!exception) new Logger('ApiKeyFallback').error(error.message, error.stack);
      const message = exception?.message ?? 'Internal server error';
      return throwError(() => ({ status: 'error', message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
    }
    // GraphQL sends what the filter returns.
    if (type !== 'http') return exception ?? error;
    if (retryAfterMs !== undefined) this.#setRetryAfter(host, Math.max(1, Math.ceil(retryAfterMs / 1000)));
    return super.catch(exception ?? error, host);
  }

  #setRetryAfter(host: ArgumentsHost, seconds: number): void {
    const adapter = this.applicationRef ?? this.httpAdapterHost?.httpAdapter;
    const response: unknown = host.switchToHttp().getResponse();
    if (adapter?.isHeadersSent?.(response) === false) adapter.setHeader?.(response, 'Retry-After', String(seconds));
  }
}

function exceptionOf(error: AllKeysFailedError | ApiKeyFallbackError): HttpException | undefined {
  switch (error.code) {
    case 'ALL_KEYS_FAILED':
    case 'KEY_SOURCE_FAILED':
      return new ServiceUnavailableException();
    case 'DEADLINE_EXCEEDED':
      return new GatewayTimeoutException();
    default:
      return undefined;
  }
}
