import type { IncomingMessage, ServerResponse } from 'node:http';
import { All, Inject, Req, Res } from '@nestjs/common';
import { answerRaw } from '../raw-exchange.ts';
import { KeyDashboard } from './key-dashboard.ts';

/** Serves the page of the dashboard, its files and its interface. */
export class KeyDashboardController {
  @Inject(KeyDashboard)
  private readonly dashboard!: KeyDashboard;

  show(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    answerRaw((...exchange) => this.dashboard.answer(...exchange), request, response);
  }
}

/** Routes all requests at the path of the controller and below it. Express and Fastify write "below it" in different ways. */
export function routeAll(adapterType: string): void {
  const paths = ['', adapterType === 'fastify' ? '*' : '*path'];
  const { prototype } = KeyDashboardController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'show');
  if (descriptor) All(paths)(prototype, 'show', descriptor);
}
