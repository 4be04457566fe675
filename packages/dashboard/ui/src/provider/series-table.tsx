import type { VNode } from 'preact';
import type { SeriesView } from '../../../src/protocol/provider-document.ts';
import { clockTime } from '../format/time.ts';
import { texts } from '../texts/texts.ts';
import { timesOf, type ValuesAt } from './series-points.ts';

interface SeriesTableProps {
  readonly series: SeriesView;
  readonly label: string;
  readonly valuesAt: ValuesAt;
}

/** The points of a chart as a table, the newest first. */
export function SeriesTable({ series, label, valuesAt }: SeriesTableProps): VNode {
  const { provider } = texts.value;
  const last = series.ok.length - 1;
  const points = timesOf(series)
    .map((atMs, index) => ({ atMs, index }))
    .slice(series.firstIndex)
    .toReversed();
  return (
    <div class="scroll series-table" tabIndex={0} role="group" aria-label={label}>
      <table class="table num">
        <thead>
          <tr>
            <th scope="col">{provider.time}</th>
            {valuesAt(series, last).map(({ name }) => (
              <th key={name} scope="col" class="r">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map(({ atMs, index }) => (
            <tr key={atMs}>
              <th scope="row">
                {clockTime(atMs, series.stepMs < 60_000)}
                {index === last && <span class="dim"> {provider.running}</span>}
              </th>
              {valuesAt(series, index).map(({ name, value }) => (
                <td key={name} class="r">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
