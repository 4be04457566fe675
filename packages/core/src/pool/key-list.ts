import { InvalidOptionsError, NoApiKeysError } from '../base/errors.ts';
import { redactor } from '../base/redaction.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { EventOrigin, KeyChangeReason, KeyManagerEvents } from '../events/events.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import type { HealthContext } from '../state/key-health.ts';
import type { KeyLimits } from '../provider/key-limits.ts';
import { KeyRing } from '../state/key-ring.ts';
import { PooledKey, type TwinsOf } from '../state/pooled-key.ts';
import { checkApiKeys, looksReal, type ApiKeyInput, type ListedApiKey } from './check-api-keys.ts';

/** How many keys that have left the list are remembered, besides those with running attempts. */
const mostLeft = 100;

/** A new list of keys, checked and made, for the pool to take over. */
export interface NewKeyList {
  readonly ring: KeyRing;
  readonly added: readonly PooledKey[];
  readonly removed: readonly PooledKey[];
  readonly kept: readonly PooledKey[];
  /** Key → the limits that are listed with it. */
  readonly limits: ReadonlyMap<PooledKey, KeyLimits>;
  /** New key → the earlier key of its account. */
  readonly successors: ReadonlyMap<PooledKey, PooledKey>;
  /** The number of entries that were empty, repeated or not in the list. */
  readonly ignored: number;
  /** Whether the keys, their order or their names differ from before. */
  readonly hasChanged: boolean;
  /** The number of changes so far. */
  readonly revision: number;
}

/** The references of keys that were added, removed and kept. */
export function refsOf({ added, removed, kept }: NewKeyList): Record<'added' | 'removed' | 'kept', readonly KeyRef[]> {
  const refs = (keys: readonly PooledKey[]) => keys.map(({ ref }) => ref);
  return { added: refs(added), removed: refs(removed), kept: refs(kept) };
}

/** The event of a change. */
export function changeOf(
  origin: EventOrigin,
  list: NewKeyList,
  reason: KeyChangeReason,
  source: string | undefined,
): KeyManagerEvents['keys.changed'] {
  return { ...origin, reason, ...(source === undefined ? {} : { source }), ...refsOf(list) };
}

/** What the application lists as the keys of a pool. Each change makes one new ring; keys that stay keep their objects. */
export class KeyList {
  readonly #adapter: ProviderAdapter;
  readonly #context: HealthContext;
  readonly #warn: (text: string) => void;
  readonly #twinsOf: TwinsOf;
  readonly #known: KnownKeys;
  #listed: readonly ListedApiKey[] = [];
  #ring: KeyRing = new KeyRing([]);
  #revision = 0;
  #setRevision = 0;

  constructor(
    pool: object,
    adapter: ProviderAdapter,
    context: HealthContext,
    warn: (text: string) => void,
    twinsOf: TwinsOf,
  ) {
    this.#twinsOf = twinsOf;
    this.#adapter = adapter;
    this.#context = context;
    this.#warn = warn;
    this.#known = new KnownKeys(pool);
  }

  /** The number of changes so far. */
  get revision(): number {
    return this.#revision;
  }

  /** The revision of the last list that was set as a whole. */
  get setRevision(): number {
    return this.#setRevision;
  }

  /** Lists these keys only. @throws InvalidOptionsError for an invalid entry; NoApiKeysError for no key, unless that is allowed. */
  set(inputs: readonly ApiKeyInput[], allowEmpty = false): NewKeyList {
    const listed = checkApiKeys(inputs, this.#warn);
    const list = this.#take(listed, inputs.length - listed.length, allowEmpty);
    this.#setRevision = list.revision;
    return list;
  }

  /** Lists more keys. One that is listed already keeps its place. @throws InvalidOptionsError for an invalid entry. */
  add(inputs: readonly ApiKeyInput[], at: 'start' | 'end'): NewKeyList {
    const added = checkApiKeys(inputs, this.#warn).filter(({ key }) => !this.#ring.findBySecret(key));
    const listed = at === 'start' ? [...added, ...this.#listed] : [...this.#listed, ...added];
    return this.#take(listed, inputs.length - added.length);
  }

  /** Removes keys, given in plain text or by their `keyId`. @throws NoApiKeysError when no key would be left, unless that is allowed. */
  remove(keysOrIds: readonly string[], allowEmpty = false): NewKeyList {
    if (!Array.isArray(keysOrIds)) throw new InvalidOptionsError('removeKeys() expects a list of keys or of keyIds.');
    const secrets = new Set(
      keysOrIds.map((keyOrId) => this.find(keyOrId)?.reveal()).filter((key) => key !== undefined),
    );
    const listed = this.#listed.filter(({ key }) => !secrets.has(key));
    return this.#take(listed, keysOrIds.length - secrets.size, allowEmpty);
  }

  /** Puts a key in the place of another one, or before it if both are to serve. @throws InvalidOptionsError for an unknown or invalid key. */
  replace(old: string, next: ApiKeyInput, keepsOld: boolean): NewKeyList {
    const from = this.find(old);
    const place = this.#listed.findIndex(({ key }) => key === from?.reveal());
    const [entry] = checkApiKeys([next], this.#warn);
    if (!from || !entry) {
      const what = from
        ? 'a key as its second argument; it is empty'
        : 'a key of the list, or its keyId, as its first argument';
      throw new InvalidOptionsError(`replaceKey() expects ${what}.`);
    }
    const known = this.#listed.find(({ key }) => key === entry.key);
    const { label, group, slot, weight, limits } = known ?? (this.#listed[place] as ListedApiKey);
    const inherited = { label: entry.label ?? label, group: entry.group ?? group, slot: entry.slot ?? slot };
    const ofAccount = { ...(weight === undefined ? {} : { weight }), ...(limits === undefined ? {} : { limits }) };
    const successor = { ...ofAccount, ...entry, ...inherited };
    const others = this.#listed.filter(({ key }) => key !== entry.key);
    const index = others.findIndex(({ key }) => key === from.reveal());
    const isSame = index < 0;
    const listed = isSame ? this.#listed : others.toSpliced(index, keepsOld ? 0 : 1, successor);
    return this.#take(listed, 0, false, from);
  }

  close(): void {
    this.#known.close();
  }

  /** The listed key with this secret or fingerprint. */
  find(keyOrId: string): PooledKey | undefined {
    return this.#ring.findBySecret(keyOrId) ?? this.findById(keyOrId);
  }

  /** The listed key with this fingerprint. */
  findById(keyId: string): PooledKey | undefined {
    const key = this.#ring.findById(keyId);
    return key && this.#ring.has(key) ? key : undefined;
  }

  /** The key with this secret, also one that has left the list. */
  findKnown(secret: string): PooledKey | undefined {
    return this.#ring.findKnown(secret);
  }

  #take(listed: readonly ListedApiKey[], ignored: number, allowEmpty = false, replaced?: PooledKey): NewKeyList {
    const { name: provider, env } = this.#adapter;
    if (listed.length === 0 && !allowEmpty) {
      throw new NoApiKeysError(`No API key for "${provider}": the list is empty. Set ${env} or pass the keys.`);
    }
    // All of them first, because a label can contain another key.
    this.#known.add(listed.map(({ key }) => key));
    const before = this.#ring;
    const old = new Set(before.keys);
    const refs = before.keys.map(({ ref }) => ref);
    const slots = slotsOf(listed);
    const keys = listed.map((entry, index) => {
      const ordinal = index + 1;
      const isNew = !before.findBySecret(entry.key);
      const label = this.#withoutKey('label', entry.label, ordinal, isNew) ?? `key ${ordinal}`;
      const group = this.#withoutKey('group', entry.group, ordinal, isNew);
      const ref = { ordinal, total: listed.length, label };
      const key = before.findKnown(entry.key) ?? this.#make(entry.key, ref, group);
      key.place(ref, { group, slot: slots[index], weight: entry.weight ?? 1 });
      return key;
    });
    const stay = new Set(keys);
    const removed = before.keys.filter((key) => !stay.has(key));
    const gone = [...before.left.filter((key) => !stay.has(key)), ...removed];
    const added = keys.filter((key) => !old.has(key));
    const successors = new Map<PooledKey, PooledKey>();
    // During an overlap two keys have the same slot, the newer one first.
    const bySlot = new Map(removed.toReversed().map((key) => [key.slot, key]));
    for (const key of added) {
      const from = replaced ?? (key.slot === undefined ? undefined : bySlot.get(key.slot));
      if (from) successors.set(key, from);
    }
    this.#listed = listed;
    const left = gone.filter(({ usage }, index) => index >= gone.length - mostLeft || usage.inUse > 0);
    this.#ring = new KeyRing(keys, left);
    this.#known.keepOnly(new Set(listed.map(({ key }) => key)));
    const kept = keys.filter((key) => old.has(key));
    const hasChanged = refs.length !== keys.length || keys.some(({ ref }, index) => ref !== refs[index]);
    const limits = new Map(
      keys.flatMap((key, index) => (listed[index]?.limits ? [[key, listed[index].limits] as const] : [])),
    );
    return {
      ring: this.#ring,
      limits,
      added,
      removed,
      kept,
      successors,
      ignored,
      hasChanged,
      revision: ++this.#revision,
    };
  }

  #make(key: string, ref: Omit<KeyRef, 'keyId'>, group: string | undefined): PooledKey {
    const { name, displayName, keyPattern } = this.#adapter;
    if (!looksReal(key, keyPattern)) this.#warn(`${ref.label} does not look like a key of ${displayName}`);
    return new PooledKey(name, key, ref, group, this.#context, this.#twinsOf);
  }

  /** Returns a name; `undefined`, with a warning, if it contains a part of a key: all such names would look the same. */
  #withoutKey(kind: string, name: string | undefined, ordinal: number, warns: boolean): string | undefined {
    if (name === undefined || redactor.redact(name) === name) return name;
    if (warns) this.#warn(`the ${kind} of key ${ordinal} contains a part of a key and is not used`);
    return undefined;
  }
}

/** What stays the same when the key of an account is rotated: the slot, else the label if no other key has it. */
function slotsOf(listed: readonly ListedApiKey[]): (string | undefined)[] {
  const uses = new Map<string | undefined, number>();
  for (const { label } of listed) uses.set(label, (uses.get(label) ?? 0) + 1);
  return listed.map(({ slot, label }) => slot ?? (uses.get(label) === 1 ? label : undefined));
}

/** Retires the keys of a pool that was dropped without `close()`. */
const dropped = new FinalizationRegistry<ReadonlySet<string>>((secrets) => {
  for (const secret of secrets) redactor.retire(secret);
});

/** The keys that a pool makes known to the redactor, until it replaces or closes them, or is collected itself. */
class KnownKeys {
  readonly #secrets = new Set<string>();

  constructor(pool: object) {
    dropped.register(pool, this.#secrets, this.#secrets);
  }

  add(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      if (this.#secrets.has(secret)) continue;
      this.#secrets.add(secret);
      redactor.add(secret);
    }
  }

  /** Retires all but these. */
  keepOnly(secrets: ReadonlySet<string>): void {
    for (const secret of this.#secrets) {
      if (secrets.has(secret)) continue;
      this.#secrets.delete(secret);
      redactor.retire(secret);
    }
  }

  close(): void {
    this.keepOnly(new Set());
    dropped.unregister(this.#secrets);
  }
}
