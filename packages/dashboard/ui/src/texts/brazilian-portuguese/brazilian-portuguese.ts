import type { Texts } from '../texts.ts';
import { alerts } from './alerts.ts';
import { events } from './events.ts';
import { overview } from './overview.ts';
import { provider } from './provider.ts';
import { sharedTexts } from './shared-texts.ts';

export const brazilianPortuguese: Texts = { ...sharedTexts, overview, provider, events, alerts };
