import {
  ConfigurableModuleBuilder,
  Module,
  type ConfigurableModuleAsyncOptions,
  type ConfigurableModuleCls,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import {
  collectKeyMetrics,
  metricsHandler,
  type CollectKeyMetricsOptions,
} from '@api-key-fallback/telemetry/prometheus';
import { withController, type MountOptions } from '../mounted-controller.ts';
import { KeyMetricsController, METRICS_HANDLER } from './key-metrics.controller.ts';

/** Options of `KeyMetricsModule.forRoot()`: those of `collectKeyMetrics()`, the path (`metrics` by default) and decorators. */
export type KeyMetricsModuleOptions = CollectKeyMetricsOptions & MountOptions;

/** Options of `KeyMetricsModule.forRootAsync()`: `useFactory` with `inject`, and the path and decorators next to it. */
export type KeyMetricsModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  CollectKeyMetricsOptions,
  'createKeyMetricsOptions'
> &
  MountOptions;

const OPTIONS = Symbol('KEY_METRICS_OPTIONS');

const host = new ConfigurableModuleBuilder<CollectKeyMetricsOptions>({ optionsInjectionToken: OPTIONS })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createKeyMetricsOptions')
  .setExtras<MountOptions>({ path: 'metrics', decorators: [] }, (definition, mount) =>
    withController(definition, KeyMetricsController, mount),
  )
  .build();

const ConfigurableModule: ConfigurableModuleCls<
  CollectKeyMetricsOptions,
  'forRoot',
  'createKeyMetricsOptions',
  MountOptions
> = host.ConfigurableModuleClass;

/** Collects the metrics while the application runs. */
class KeyMetrics implements OnModuleInit, OnApplicationShutdown {
  readonly #options: CollectKeyMetricsOptions;
  #stop: (() => void) | undefined;

  constructor(options: CollectKeyMetricsOptions) {
    this.#options = options;
  }

  onModuleInit(): void {
    this.#stop = collectKeyMetrics(this.#options);
  }

  onApplicationShutdown(): void {
    this.#stop?.();
  }
}

const providers: Provider[] = [
  {
    provide: METRICS_HANDLER,
    useFactory: ({ register }: CollectKeyMetricsOptions) => metricsHandler(register ? { register } : {}),
    inject: [OPTIONS],
  },
  {
    provide: KeyMetrics,
    useFactory: (options: CollectKeyMetricsOptions) => new KeyMetrics(options),
    inject: [OPTIONS],
  },
];

/**
 * Collects the metrics of the key managers, and answers Prometheus at `GET /metrics` with all metrics of the register. Guards of the
 * application apply.
 *
 * @example
 * \@Module({ imports: [KeyMetricsModule.forRoot({ path: 'ops/metrics', decorators: [UseGuards(ScrapeGuard)] })] })
 * export class AppModule {}
 */
@Module({ providers })
export class KeyMetricsModule extends ConfigurableModule {
  /** Makes the module. The application does not start with an invalid option, or if the register has these metrics already. */
  static override forRoot(options: KeyMetricsModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Makes the module with options that a function or a class returns. */
  static override forRootAsync(options: KeyMetricsModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }
}
