import type { VNode } from 'preact';
import type { BucketState, ProviderDocument } from '../../../src/protocol/provider-document.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Icon } from '../parts/icon.tsx';
import { toneOf } from '../parts/state-icon.tsx';
import { texts } from '../texts/texts.ts';

type Buckets = NonNullable<ProviderDocument['buckets']>;
type BucketKey = Buckets['keys'][number];

/** The state of each part of the quota, for the keys of each group. */
export function BucketsCard({ buckets: { names, keys } }: { readonly buckets: Buckets }): VNode {
  const { provider, columns } = texts.value;
  const groups = [...new Set(keys.map(groupOf))];
  return (
    <section class="card" aria-labelledby="provider-buckets">
      <header>
        <h2 id="provider-buckets">{provider.buckets}</h2>
        <span class="small dim">{provider.bucketsHint}</span>
      </header>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="provider-buckets">
        <table class="table buckets">
          <thead>
            <tr>
              <th scope="col">{provider.group}</th>
              <th scope="col">{columns.key}</th>
              <th scope="col">{provider.wholeKey}</th>
              {names.map((name) => (
                <th key={name} scope="col" class="mono">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          {groups.map((group) => (
            <Group key={group} group={group} keys={keys.filter((key) => groupOf(key) === group)} names={names} />
          ))}
        </table>
      </div>
    </section>
  );
}

function groupOf({ group = '' }: BucketKey): string {
  return group;
}

interface GroupProps {
  readonly group: string;
  readonly keys: readonly BucketKey[];
  readonly names: readonly string[];
}

function Group({ group, keys, names }: GroupProps): VNode {
  return (
    <tbody>
      {keys.map(({ keyId, label, whole, byName }, index) => (
        <tr key={keyId}>
          {index === 0 && (
            <th scope="rowgroup" rowSpan={keys.length} class="group">
              {group === '' ? <span class="dim">{texts.value.provider.noGroup}</span> : group}
            </th>
          )}
          <th scope="row">{label}</th>
          <td>
            <BucketCell bucket={whole} />
          </td>
          {names.map((name) => (
            <td key={name}>
              <BucketCell bucket={byName[name]} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

/** The state of a part of a key, and until when. */
export function BucketCell({ bucket }: { readonly bucket: BucketState | undefined }): VNode {
  if (!bucket) return <span class="dim">–</span>;
  const { state, untilMs, reason } = bucket;
  const { states, verdicts } = texts.value;
  const names: Readonly<Record<string, string>> = verdicts;
  return (
    <span class={`cell tone-${toneOf(state)}`}>
      <Icon name={state} />
      {states[state]}
      {untilMs === undefined ? (
        state === 'refused' && reason !== undefined && <span class="small dim">{names[reason] ?? reason}</span>
      ) : (
        <span class="small dim num">
          <Countdown untilMs={untilMs} />
        </span>
      )}
    </span>
  );
}
