import { Controller, VERSION_NEUTRAL, type DynamicModule, type Type } from '@nestjs/common';

/** Where a module puts its controller, and what stands above it. */
export interface MountOptions {
  /** The path of the controller, below the global prefix of the application. */
  path?: string;
  /** Decorators of the controller, such as `UseGuards(AdminGuard)` or the one that exempts it from a global guard. @default none */
  decorators?: readonly ClassDecorator[];
}

/** Adds a controller of its own to a module: a class of `base` with the path and the decorators. */
export function withController(
  definition: DynamicModule,
  base: Type,
  { path, decorators = [] }: MountOptions,
): DynamicModule {
  class MountedController extends base {}
  for (const decorate of [...decorators, Controller({ path: path ?? '', version: VERSION_NEUTRAL })]) {
    decorate(MountedController);
  }
  Object.defineProperty(MountedController, 'name', { value: base.name });
  return { ...definition, controllers: [MountedController] };
}
