import { InvalidOptionsError } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';
import type { Registry } from 'prom-client';

/** @throws InvalidOptionsError for anything but a register. Not by its class, because there can be several copies of prom-client. */
export function checkRegister(register: Registry): void {
  if (typeof readField(register, 'getMetricsAsArray') === 'function') return;
  throw new InvalidOptionsError('"register" must be a Registry of prom-client. Write { register: new Registry() }.');
}
