import type { VNode } from 'preact';
import type { Health } from '../../../src/protocol/pool-head.ts';
import { texts } from '../texts/texts.ts';
import { Icon, type IconName } from './icon.tsx';
import type { Tone } from './state-icon.tsx';

const looks: Readonly<Record<Health, { readonly icon: IconName; readonly tone: Tone }>> = {
  ok: { icon: 'healthy', tone: 'ok' },
  degraded: { icon: 'suspect', tone: 'warn' },
  down: { icon: 'refused', tone: 'bad' },
};

export function HealthBadge({ health }: { readonly health: Health }): VNode {
  const { icon, tone } = looks[health];
  return (
    <span class={`badge tone-${tone}`}>
      <Icon name={icon} />
      {texts.value.health[health]}
    </span>
  );
}
