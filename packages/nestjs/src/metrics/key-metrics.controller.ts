import type { IncomingMessage, ServerResponse } from 'node:http';
import { Get, Inject, Req, Res } from '@nestjs/common';
import type { MetricsHandler } from '@api-key-fallback/telemetry/prometheus';
import { answerRaw } from '../raw-exchange.ts';

export const METRICS_HANDLER: unique symbol = Symbol('METRICS_HANDLER');

/** Answers scrapes of Prometheus. */
export class KeyMetricsController {
  @Inject(METRICS_HANDLER)
  private readonly handler!: MetricsHandler;

  @Get()
  metrics(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    answerRaw(this.handler.node, request, response);
  }
}
