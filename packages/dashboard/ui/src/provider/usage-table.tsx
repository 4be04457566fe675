import type { VNode } from 'preact';
import { verdicts } from '../../../src/protocol/key-row.ts';
import type { UsageView } from '../../../src/protocol/provider-document.ts';
import { number } from '../format/number.ts';
import { texts } from '../texts/texts.ts';
import { failureClass } from './failures.ts';

interface UsageTableProps {
  readonly today: UsageView;
  readonly total: UsageView;
}

/** What a key was used for, today and in total. Rows without any number are left out, but for attempts. */
export function UsageTable({ today, total }: UsageTableProps): VNode {
  const { provider } = texts.value;
  const words = provider.details;
  const counts = [
    { name: words.attempts, of: ({ attempts }: UsageView) => attempts, isShown: true },
    { name: words.successes, of: ({ successes }: UsageView) => successes, isShown: true },
    ...verdicts.map((verdict) => ({
      name: texts.value.verdicts[verdict],
      mark: failureClass(verdict),
      of: ({ failures }: UsageView) => failures[verdict],
      isShown: total.failures[verdict] > 0,
    })),
    { name: words.units, of: ({ quotaUnits }: UsageView) => quotaUnits, isShown: total.quotaUnits > 0 },
    { name: words.inputTokens, of: ({ inputTokens }: UsageView) => inputTokens, isShown: total.inputTokens > 0 },
    { name: words.outputTokens, of: ({ outputTokens }: UsageView) => outputTokens, isShown: total.outputTokens > 0 },
    { name: words.tokens, of: ({ tokens }: UsageView) => tokens, isShown: total.tokens > 0 },
  ];
  return (
    <table class="table usage num">
      <thead>
        <tr>
          <th scope="col">
            <span class="sr">{words.usage}</span>
          </th>
          <th scope="col" class="r">
            {words.today}
          </th>
          <th scope="col" class="r">
            {words.total}
          </th>
        </tr>
      </thead>
      <tbody>
        {counts
          .filter(({ isShown }) => isShown)
          .map((count) => (
            <tr key={count.name}>
              <th scope="row">
                {'mark' in count && <i class={`sw ${count.mark}`} />}
                {count.name}
              </th>
              <td class="r">{number(count.of(today))}</td>
              <td class="r">{number(count.of(total))}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
