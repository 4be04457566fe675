import {
  ConfigurableModuleBuilder,
  Module,
  type ConfigurableModuleAsyncOptions,
  type ConfigurableModuleCls,
  type DynamicModule,
  type Provider,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import type { DashboardOptions } from '@api-key-fallback/dashboard';
import { withController, type MountOptions } from '../mounted-controller.ts';
import { KeyDashboardController, routeAll } from './key-dashboard.controller.ts';
import { KeyDashboard } from './key-dashboard.ts';

/** Options of `KeyDashboardModule.forRoot()`: those of `createDashboard()`, the path (`ops/keys` by default) and decorators. */
export type KeyDashboardModuleOptions = DashboardOptions & MountOptions;

/** Options of `KeyDashboardModule.forRootAsync()`: `useFactory` with `inject`, and the path and decorators next to it. */
export type KeyDashboardModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  DashboardOptions,
  'createDashboardOptions'
> &
  MountOptions;

const OPTIONS = Symbol('KEY_DASHBOARD_OPTIONS');

const host = new ConfigurableModuleBuilder<DashboardOptions>({ optionsInjectionToken: OPTIONS })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createDashboardOptions')
  .setExtras<MountOptions>({ path: 'ops/keys', decorators: [] }, defineModule)
  .build();

const ConfigurableModule: ConfigurableModuleCls<DashboardOptions, 'forRoot', 'createDashboardOptions', MountOptions> =
  host.ConfigurableModuleClass;

/**
 * Mounts the dashboard at `/ops/keys`, below the global prefix, with its WebSocket. Works with Express and Fastify.
 *
 * Guards of the application apply to the page and to all requests but the WebSocket, which only the dashboard's own sign-in protects.
 *
 * @example
 * \@Module({ imports: [KeyDashboardModule.forRoot({ auth: { token: process.env.DASHBOARD_TOKEN } })] })
 * export class AppModule {}
 */
@Module({})
export class KeyDashboardModule extends ConfigurableModule {
  /** Makes the module. The application does not start with an invalid option. */
  static override forRoot(options: KeyDashboardModuleOptions): DynamicModule {
    return super.forRoot(options);
  }

  /** Makes the module with options that a function or a class returns, for example a token from `ConfigService`. */
  static override forRootAsync(options: KeyDashboardModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }
}

function defineModule(definition: DynamicModule, mount: MountOptions): DynamicModule {
  const { path = 'ops/keys' } = mount;
  const dashboard: Provider = {
    provide: KeyDashboard,
    useFactory: (options: DashboardOptions, config: ApplicationConfig, adapterHost: HttpAdapterHost) => {
      // After the providers in a test, before the routes in any case.
      adapterHost.init$.subscribe(() => routeAll(adapterHost.httpAdapter.getType()));
      return new KeyDashboard({ options, path, config, host: adapterHost });
    },
    inject: [OPTIONS, ApplicationConfig, HttpAdapterHost],
  };
  const mounted = withController(definition, KeyDashboardController, mount);
  return { ...mounted, providers: [...(mounted.providers ?? []), dashboard] };
}
