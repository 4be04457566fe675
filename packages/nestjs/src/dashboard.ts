export { KeyDashboardModule } from './dashboard/key-dashboard.module.ts';
export type { KeyDashboardModuleAsyncOptions, KeyDashboardModuleOptions } from './dashboard/key-dashboard.module.ts';
