import type { Texts } from '../texts.ts';
import { alerts } from './alerts.ts';
import { common } from './common.ts';
import { events } from './events.ts';
import { overview } from './overview.ts';
import { provider } from './provider.ts';

export const brazilianPortuguese: Texts = { ...common, overview, provider, events, alerts };
