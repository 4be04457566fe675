export { KeyHealthIndicator } from './terminus/key-health.indicator.ts';
export type { KeyHealthOptions } from './terminus/key-health.indicator.ts';
