type Defined<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

/** Leaves out the fields that are `undefined`: documents have no such fields. */
export function defined<Fields extends object>(fields: Fields): Partial<Defined<Fields>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<
    Defined<Fields>
  >;
}
