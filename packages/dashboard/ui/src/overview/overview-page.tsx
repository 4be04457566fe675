import type { VNode } from 'preact';
import type { Headline as Kind } from '../../../src/protocol/page-document.ts';
import type { OverviewDocument } from '../../../src/protocol/overview-document.ts';
import { number, percent } from '../format/number.ts';
import { consequenceText, headlineText } from '../frame/headline-text.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import type { Tone } from '../parts/state-icon.tsx';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';
import { Board } from './board.tsx';
import { Rail } from './rail.tsx';

interface OverviewPageProps {
  readonly headline: Kind;
  readonly document: OverviewDocument;
}

/** The worst problem, the keys that need attention, and all keys. */
export function OverviewPage({ headline, document }: OverviewPageProps): VNode {
  return (
    <div class="page">
      <div class="top">
        <Headline headline={headline} />
        <Totals totals={document.totals} />
      </div>
      <div class="split">
        <Board overview={document} />
        <Rail overview={document} />
      </div>
    </div>
  );
}

const looks: Readonly<Record<Kind['kind'], { readonly icon: IconName; readonly tone: Tone }>> = {
  empty: { icon: 'healthy', tone: 'ok' },
  fine: { icon: 'healthy', tone: 'ok' },
  out: { icon: 'healthy', tone: 'ok' },
  refused: { icon: 'suspect', tone: 'warn' },
  half: { icon: 'suspect', tone: 'warn' },
  down: { icon: 'refused', tone: 'bad' },
};

function Headline({ headline }: { readonly headline: Kind }): VNode {
  const { icon, tone } = looks[headline.kind];
  return (
    <div class="headline">
      <span class={`tile tile-lg tone-${tone}`}>
        <Icon name={icon} />
      </span>
      <div>
        <h1>{headlineText(headline)}</h1>
        <Consequence headline={headline} />
      </div>
    </div>
  );
}

function Consequence({ headline }: { readonly headline: Kind }): VNode {
  return <p>{consequenceText(headline, nowMs.value)}</p>;
}

function Totals({ totals }: Pick<OverviewDocument, 'totals'>): VNode {
  const words = texts.value.overview.totals;
  return (
    <dl class="metrics" aria-label={words.label}>
      <Total name={words.perMinute} value={number(totals.perMinute)} />
      <Total name={words.success} value={totals.success === undefined ? '–' : percent(totals.success, 1)} />
      <Total name={words.failovers} value={number(totals.failovers)} />
      <Total name={words.usable} value={`${number(totals.usable)}/${number(totals.total)}`} />
    </dl>
  );
}

function Total({ name, value }: { readonly name: string; readonly value: string }): VNode {
  return (
    <div class="metric">
      <dt>{name}</dt>
      <dd class="num">{value}</dd>
    </div>
  );
}
