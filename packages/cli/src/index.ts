export { defineConfig } from './project/config.ts';
export type { Config, ManagerContext } from './project/config.ts';
