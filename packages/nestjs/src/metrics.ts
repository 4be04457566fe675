export { KeyMetricsModule } from './metrics/key-metrics.module.ts';
export type { KeyMetricsModuleAsyncOptions, KeyMetricsModuleOptions } from './metrics/key-metrics.module.ts';
