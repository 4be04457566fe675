import { redactor } from './redaction.ts';

/** What an adapter read from an answer, redacted: a provider that repeats a key does so anywhere. */
export function withoutKeys<T extends object>(told: T): T {
  let clean = told;
  for (const name of Object.keys(told) as (keyof T)[]) {
    const text = told[name];
    const redacted = typeof text === 'string' ? redactor.redact(text) : text;
    if (redacted !== text) clean = { ...clean, [name]: redacted };
  }
  return clean;
}
