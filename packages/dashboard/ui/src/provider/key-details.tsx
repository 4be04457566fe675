import type { ComponentChildren, VNode } from 'preact';
import type { KeyDetails as Details } from '../../../src/protocol/provider-document.ts';
import { milliseconds } from '../format/duration.ts';
import { number } from '../format/number.ts';
import { clockTime } from '../format/time.ts';
import { Ago } from '../parts/countdown.tsx';
import { Lane } from '../parts/lane.tsx';
import { StateText } from '../parts/state-text.tsx';
import { texts } from '../texts/texts.ts';
import { BucketCell } from './buckets-card.tsx';
import { LimitList } from './limit-list.tsx';
import { placeText } from './next-call.tsx';
import { UsageTable } from './usage-table.tsx';

/** All that is known of a key. */
export function KeyDetails({ details }: { readonly details: Details }): VNode {
  const { provider } = texts.value;
  const words = provider.details;
  return (
    <div class="sheet-body">
      <StateFacts details={details} />
      <Section title={words.lane}>
        <Lane row={details} />
      </Section>
      <Section title={provider.columns.limits}>
        <LimitList limits={details.limits ?? []} />
      </Section>
      {details.buckets.length > 0 && (
        <Section title={words.buckets}>
          <Facts>
            {details.buckets.map((bucket) => (
              <Fact key={bucket.bucket} name={bucket.bucket}>
                <BucketCell bucket={bucket} />
              </Fact>
            ))}
          </Facts>
        </Section>
      )}
      <Section title={words.usage} hint={words.usageHint}>
        <UsageTable today={details.today} total={details.total} />
      </Section>
      <Section title={words.speed}>
        <SpeedFacts details={details} />
      </Section>
      <Section title={words.lastError}>
        <LastError details={details} />
      </Section>
    </div>
  );
}

function StateFacts({ details }: { readonly details: Details }): VNode {
  const { provider, columns, verdicts } = texts.value;
  const words = provider.details;
  const { state, sinceMs, reason, actor, group, weight, next } = details;
  const names: Readonly<Record<string, string>> = verdicts;
  return (
    <Facts>
      <Fact name={columns.state}>
        <StateText row={details} />
      </Fact>
      <Fact name={words.toDo}>{words.whatToDo[state]}</Fact>
      {sinceMs !== undefined && (
        <Fact name={words.since}>
          {clockTime(sinceMs, true)} · <Ago atMs={sinceMs} />
        </Fact>
      )}
      {reason !== undefined && reason !== 'operator' && <Fact name={words.why}>{names[reason] ?? reason}</Fact>}
      {actor !== undefined && <Fact name={words.by}>{actor}</Fact>}
      <Fact name={words.place}>{words.placeOf(number(next.place), placeText(next))}</Fact>
      {group !== undefined && <Fact name={provider.group}>{group}</Fact>}
      {weight !== undefined && <Fact name={words.weight}>{weight === 0 ? words.standby : number(weight)}</Fact>}
    </Facts>
  );
}

function SpeedFacts({
  details: { latency, rate, running, lastUsedAtMs, lastSuccessAtMs },
}: {
  readonly details: Details;
}): VNode {
  const { provider, never } = texts.value;
  const words = provider.details;
  return (
    <Facts>
      {latency && (
        <Fact name={words.latency}>
          {milliseconds(latency.p50Ms)} · {milliseconds(latency.p95Ms)}{' '}
          <span class="dim">({words.latencyOf(latency.count, number(latency.count))})</span>
        </Fact>
      )}
      <Fact name={words.rate}>
        {number(rate.lastMinute)} <span class="dim">({words.peak(number(rate.peak))})</span>
      </Fact>
      <Fact name={words.runningNow}>{number(running)}</Fact>
      <Fact name={provider.columns.lastUsed}>{lastUsedAtMs === undefined ? never : <Ago atMs={lastUsedAtMs} />}</Fact>
      <Fact name={words.lastSuccess}>{lastSuccessAtMs === undefined ? never : <Ago atMs={lastSuccessAtMs} />}</Fact>
    </Facts>
  );
}

function LastError({ details: { lastError } }: { readonly details: Details }): VNode {
  const { verdicts, provider } = texts.value;
  if (!lastError) return <p class="dim small">{provider.details.noError}</p>;
  const { verdict, reason, message, atMs } = lastError;
  return (
    <div class="last-error">
      <p>
        <b>{verdicts[verdict]}</b> <span class="mono">{reason}</span>{' '}
        <span class="dim small num">
          <Ago atMs={atMs} />
        </span>
      </p>
      <p class="small">{message}</p>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ComponentChildren;
}

function Section({ title, hint, children }: SectionProps): VNode {
  return (
    <section class="sheet-section">
      <h3>
        {title} {hint !== undefined && <span class="small dim">{hint}</span>}
      </h3>
      {children}
    </section>
  );
}

function Facts({ children }: { readonly children: ComponentChildren }): VNode {
  return <dl class="key-facts">{children}</dl>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="num">{children}</dd>
    </div>
  );
}
