import { Fragment, type VNode } from 'preact';
import type { Range, SeriesView } from '../../../src/protocol/provider-document.ts';
import { inSeconds } from '../format/duration.ts';
import { compact, number } from '../format/number.ts';
import { clockTime } from '../format/time.ts';
import { texts } from '../texts/texts.ts';
import { attemptBars, zeroAt } from './attempt-bars.ts';
import { ChartCard } from './chart-card.tsx';
import { Chart } from './chart.tsx';
import { durationLines, percentiles } from './duration-lines.ts';
import { failureClass, failuresOf } from './failures.ts';
import { attemptsAt, durationsAt, timesOf } from './series-points.ts';
import { SeriesTable } from './series-table.tsx';

interface SeriesChartsProps {
  readonly series: SeriesView;
  readonly range: Range;
}

/** How attempts ended, and how long calls took. */
export function SeriesCharts({ series, range }: SeriesChartsProps): VNode {
  const { provider } = texts.value;
  const { charts, steps } = provider;
  const firstMs = timesOf(series)[series.firstIndex];
  const isCut = series.firstIndex > 0 && firstMs !== undefined;
  const aside = isCut ? `${steps[range]} · ${provider.historySince(clockTime(firstMs))}` : steps[range];
  return (
    <Fragment>
      <ChartCard
        id="attempts"
        title={charts.attempts}
        aside={aside}
        legend={<AttemptsKey series={series} />}
        table={() => <SeriesTable series={series} label={charts.attempts} valuesAt={attemptsAt} />}
      >
        <AttemptsChart series={series} />
      </ChartCard>
      <ChartCard
        id="durations"
        title={charts.durations}
        aside={aside}
        legend={<DurationsKey series={series} />}
        table={() => <SeriesTable series={series} label={charts.durations} valuesAt={durationsAt} />}
      >
        <DurationsChart series={series} />
      </ChartCard>
    </Fragment>
  );
}

function AttemptsKey({ series }: { readonly series: SeriesView }): VNode {
  const { provider, verdicts } = texts.value;
  return (
    <ul class="key-list">
      <li>
        <i class="sw f-ok" />
        {provider.succeeded}
      </li>
      {failuresOf(series).map((verdict) => (
        <li key={verdict}>
          <i class={`sw ${failureClass(verdict)}`} />
          {verdicts[verdict]}
        </li>
      ))}
    </ul>
  );
}

function AttemptsChart({ series }: { readonly series: SeriesView }): VNode {
  const { provider } = texts.value;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const ok = sum(series.ok);
  const failed = sum(Object.values(series.failures).flat());
  if (ok + failed === 0) return <p class="none plot-none">{provider.noAttempts}</p>;
  const label = `${provider.charts.attempts}: ${number(ok)} ${provider.succeeded}, ${number(failed)} ${provider.failed}`;
  const { top, low, succeeded, failed: stacks } = attemptBars(series);
  const ticks = [
    { at: 0, text: compact(top) },
    { at: zeroAt / 2, text: Number.isInteger(top / 2) ? compact(top / 2) : '' },
    { at: zeroAt, text: '0' },
    { at: 100, text: compact(low) },
  ];
  return (
    <Chart series={series} label={label} ticks={ticks} valuesAt={attemptsAt}>
      <path class="fill f-ok" d={succeeded} />
      {stacks.map(({ verdict, path }) => (
        <path key={verdict} class={`fill ${failureClass(verdict)}`} d={path} />
      ))}
      <path class="zero" d={`M${series.firstIndex} ${zeroAt}H${series.ok.length}`} />
    </Chart>
  );
}

/** The names of the lines, with the newest values. */
function DurationsKey({ series }: { readonly series: SeriesView }): VNode {
  const newest = series.p50.findLastIndex((ms) => ms >= 0);
  return (
    <ul class="key-list">
      {percentiles.map((name) => (
        <li key={name}>
          <i class={`sw line-${name}`} />
          {name}
          <b class="num">{inSeconds(series[name][newest])}</b>
        </li>
      ))}
    </ul>
  );
}

function DurationsChart({ series }: { readonly series: SeriesView }): VNode {
  const { provider } = texts.value;
  const newest = series.p50.findLastIndex((ms) => ms >= 0);
  if (newest === -1) return <p class="none plot-none">{provider.noCalls}</p>;
  const values = percentiles.map((name) => `${name} ${inSeconds(series[name][newest])}`);
  const label = `${provider.charts.durations}: ${values.join(', ')}`;
  const { topMs, lines } = durationLines(series);
  const ticks = [topMs, topMs / 2, 0].map((ms, place) => ({
    at: place * 50,
    text: number(ms / 1000, ms === 0 ? 0 : digitsOf(topMs)),
  }));
  return (
    <Chart series={series} label={label} ticks={ticks} valuesAt={durationsAt}>
      {lines.map(({ name, path, dots }) => (
        <g key={name} class={`line-${name}`}>
          <path d={path} />
          <path class="lone" d={dots} />
        </g>
      ))}
    </Chart>
  );
}

/** The digits that half of a round number of seconds needs. */
function digitsOf(topMs: number): number {
  return Math.max(0, 4 - Math.floor(Math.log10(topMs)));
}
