import { alerts } from './alerts.ts';
import { common } from './common.ts';
import { events } from './events.ts';
import { overview } from './overview.ts';
import { provider } from './provider.ts';

export const english = { ...common, overview, provider, events, alerts };
