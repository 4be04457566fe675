import { callPanels } from './call-panels.ts';
import type { Panel } from './panel.ts';
import { statePanels } from './state-panels.ts';
import { troublePanels } from './trouble-panels.ts';
import { usePanels } from './use-panels.ts';

/** The panels of the dashboard, in their order. */
export const panels: readonly Panel[] = [...callPanels, ...statePanels, ...usePanels, ...troublePanels];
