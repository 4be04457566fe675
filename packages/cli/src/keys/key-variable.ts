import { knownProviders, type KnownProvider } from '../project/known-providers.ts';

/** A variable that has, or should have, keys of a provider. */
export interface KeyVariable {
  readonly provider: KnownProvider;
  readonly name: string;
  readonly value: string;
  /** Its number: 1 for the variable without one; absent for a list, and for the path of a file. */
  readonly number?: number;
  /** Whether it is written like `OPENAI_API_KEY2`, which is not read. */
  readonly isJoined: boolean;
  readonly isPath: boolean;
}

const form = /^(?<list>S)?(?<joined>\d{1,15})?(?:_(?<number>\d{1,15}))?(?<path>_FILE)?$/;

/** Finds the variables of all known providers among those of a project. */
export function keyVariables(variables: Readonly<Record<string, string>>): readonly KeyVariable[] {
  return knownProviders.flatMap((provider) =>
    Object.entries(variables).flatMap(([name, value]) => {
      const parts = name.startsWith(provider.env) ? form.exec(name.slice(provider.env.length))?.groups : undefined;
      if (parts === undefined) return [];
      const { list, joined, number = '1', path } = parts;
      const hasNumber = list === undefined && joined === undefined && path === undefined;
      return [
        {
          provider,
          name,
          value,
          isJoined: joined !== undefined,
          isPath: path !== undefined,
          ...(hasNumber ? { number: Number(number) } : {}),
        },
      ];
    }),
  );
}
