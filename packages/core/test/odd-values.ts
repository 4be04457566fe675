/** A text of 10 MB. */
export const tenMegabytes = 'x'.repeat(10_000_000);

function refuse(): never {
  throw new Error('This value cannot be read.');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

/** Values that cannot be printed in every way, or not at all, by name. */
export const unprintableValues: Readonly<Record<string, unknown>> = {
  'a cyclic object': cyclic,
  'a BigInt': 10n ** 20_000n,
  'a Symbol': Symbol(tenMegabytes),
  'a throwing toJSON': { toJSON: refuse },
  'a throwing toString': { toString: refuse, [Symbol.toPrimitive]: refuse },
  'a throwing getter': Object.defineProperty({}, 'a', { get: refuse, enumerable: true }),
  'no prototype': Object.create(null),
  'a proxy that refuses': new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse }),
  'a revoked proxy': revoked(),
  'a function': refuse,
  '10 MB': tenMegabytes,
  'a list of 10 MB': [tenMegabytes],
};
