import { alerts } from './alerts.ts';
import { events } from './events.ts';
import { overview } from './overview.ts';
import { provider } from './provider.ts';
import { sharedTexts } from './shared-texts.ts';

export const english = { ...sharedTexts, overview, provider, events, alerts };
