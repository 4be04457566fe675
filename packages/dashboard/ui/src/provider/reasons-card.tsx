import type { VNode } from 'preact';
import type { ReasonRow } from '../../../src/protocol/provider-document.ts';
import { number } from '../format/number.ts';
import { Ago } from '../parts/countdown.tsx';
import { texts } from '../texts/texts.ts';
import { ChartCard } from './chart-card.tsx';
import { failureClass } from './failures.ts';

interface ReasonsCardProps {
  readonly reasons: readonly ReasonRow[];
  readonly isWide: boolean;
}

/** Why attempts have failed, and what to do about it. */
export function ReasonsCard({ reasons, isWide }: ReasonsCardProps): VNode {
  const { provider } = texts.value;
  const most = Math.max(1, ...reasons.map(({ count }) => count));
  return (
    <ChartCard id="reasons" title={provider.charts.reasons} isWide={isWide}>
      {reasons.length === 0 ? (
        <p class="none">{provider.noFailures}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-labelledby="chart-reasons">
          <table class="table reasons">
            <thead>
              <tr>
                <th scope="col">{provider.reason}</th>
                <th scope="col" class="r">
                  {provider.count}
                </th>
                <th scope="col">
                  <span class="sr">{provider.share}</span>
                </th>
                <th scope="col" class="r">
                  {provider.last}
                </th>
                <th scope="col" class="todo">
                  {provider.toDo}
                </th>
              </tr>
            </thead>
            <tbody>
              {reasons.map((row) => (
                <Reason key={`${row.verdict} ${row.reason}`} row={row} most={most} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </ChartCard>
  );
}

function Reason({ row, most }: { readonly row: ReasonRow; readonly most: number }): VNode {
  const { verdict, reason, count, lastAtMs } = row;
  return (
    <tr>
      <th scope="row">
        <span class="reason-name">
          <i class={`sw ${failureClass(verdict)}`} />
          {texts.value.verdicts[verdict]}
        </span>
        <span class="mono dim">{reason}</span>
      </th>
      <td class="num r">{number(count)}</td>
      <td class="reason-bar">
        <span class={`bar-h ${failureClass(verdict)}`} style={{ width: `${(count / most) * 100}%` }} />
      </td>
      <td class="num r dim">
        <Ago atMs={lastAtMs} />
      </td>
      <td class="todo">{texts.value.provider.fixes[verdict]}</td>
    </tr>
  );
}
