export { createDashboard } from './create-dashboard.ts';
export type { Dashboard } from './create-dashboard.ts';
export type { Actor, Authorize, DashboardAuth, DashboardOptions } from './dashboard-options.ts';
export type { DashboardServer, ListenOptions } from './http/listen.ts';
export type { WatchedAlerts } from './pages/watched-alerts.ts';
