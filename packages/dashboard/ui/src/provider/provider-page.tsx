import type { VNode } from 'preact';
import { ranges, type ProviderDocument } from '../../../src/protocol/provider-document.ts';
import type { ProviderView } from '../../../src/protocol/view.ts';
import { number } from '../format/number.ts';
import { HealthBadge } from '../parts/health-badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { go, link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { BucketsCard } from './buckets-card.tsx';
import { KeyDetailsDialog } from './key-details-dialog.tsx';
import { KeysCard } from './keys-card.tsx';
import { NextCall } from './next-call.tsx';
import { QuotaCard } from './quota-card.tsx';
import { ReasonsCard } from './reasons-card.tsx';
import { SeriesCharts } from './series-charts.tsx';
import { SourceNote } from './source-note.tsx';

interface ProviderPageProps {
  readonly document: ProviderDocument;
  readonly view: ProviderView;
}

/** One pool of keys: which key is next, how calls went, and each key with its limits. */
export function ProviderPage({ document, view }: ProviderPageProps): VNode {
  const { displayName, health, usable, total, series, range, quota, reasons, buckets, source } = document;
  return (
    <div class="page">
      <a class="crumb" href={link({ page: 'overview' })}>
        <Icon name="back" />
        {texts.value.pages.overview}
      </a>
      <div class="detail-head">
        <h1>{displayName}</h1>
        <HealthBadge health={health} />
        <span class="num">{texts.value.usable(number(usable), number(total))}</span>
        {source && <SourceNote source={source} />}
        <RangeButtons view={view} />
      </div>
      <NextCall document={document} />
      <div class="charts">
        <SeriesCharts series={series} range={range} />
        {quota.map((each) => (
          <QuotaCard key={each.limit} quota={each} />
        ))}
        <ReasonsCard reasons={reasons} isWide={quota.length % 2 === 0} />
      </div>
      <KeysCard document={document} view={view} />
      {buckets && <BucketsCard buckets={buckets} />}
      {view.key !== '' && <KeyDetailsDialog document={document} keyId={view.key} />}
    </div>
  );
}

function RangeButtons({ view }: { readonly view: ProviderView }): VNode {
  const { provider } = texts.value;
  return (
    <span class="join" role="group" aria-label={provider.range}>
      {ranges.map((range) => (
        <button
          key={range}
          type="button"
          class={`btn btn-sm ${view.range === range ? 'btn-active' : ''}`}
          aria-pressed={view.range === range}
          onClick={() => go({ range })}
        >
          {provider.ranges[range]}
        </button>
      ))}
    </span>
  );
}
