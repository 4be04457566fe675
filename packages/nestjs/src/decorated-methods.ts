import { InvalidOptionsError } from '@api-key-fallback/core';
import { checkDecorated, errorMessage, readField } from '@api-key-fallback/core/adapter';
import type { DiscoveryService } from '@nestjs/core';

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];
type Class = abstract new (...args: never) => unknown;

/**
 * Checks the decorated methods of all classes of the application against the registry: also of classes with a request scope, and those
 * that a class inherits.
 *
 * @throws InvalidOptionsError that lists the methods whose first call would fail, and why.
 */
export function checkDecoratedMethods(discovery: DiscoveryService): void {
  const wrappers = [...discovery.getProviders(), ...discovery.getControllers()];
  const classes = new Set(wrappers.map(classOf).filter((owner) => owner !== undefined));
  const problems = [...classes].flatMap(problemsOf);
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'A decorated method' : `${problems.length} decorated methods`;
  throw new InvalidOptionsError(
    `${count} cannot be called:\n${problems.join('\n')}\n` +
      'Correct this, or pass { checkMethods: false } to ApiKeyFallbackModule to find it at the first call.',
  );
}

/** The class of a provider. Nest makes the object of one with a request scope only with the request. */
function classOf({ metatype, inject, instance }: InstanceWrapper): Class | undefined {
  const isFactory = Array.isArray(inject);
  const owner: unknown = typeof metatype === 'function' && !isFactory ? metatype : readField(instance, 'constructor');
  return typeof owner === 'function' && typeof readField(owner, 'prototype') === 'object'
    ? (owner as Class)
    : undefined;
}

function problemsOf(owner: Class): string[] {
  const methods = [...methodsOf(owner.prototype as object), ...methodsOf(owner)];
  return methods.flatMap(([key, method]) => {
    try {
      checkDecorated(method, owner);
      return [];
    } catch (error) {
      return [`- ${owner.name}.${String(key)}(): ${errorMessage(error)}`];
    }
  });
}

/** The methods of an object by name or symbol, with those that it inherits and does not override. Calls no getter. */
function methodsOf(object: object): Map<string | symbol, unknown> {
  const methods = new Map<string | symbol, unknown>();
  for (let from: object | null = object; from !== null; from = Object.getPrototypeOf(from) as object | null) {
    for (const key of Reflect.ownKeys(from)) {
      const { value } = Object.getOwnPropertyDescriptor(from, key) ?? {};
      if (!methods.has(key)) methods.set(key, value);
    }
  }
  return methods;
}
