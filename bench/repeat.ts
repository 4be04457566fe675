// Loaded once per subject, under its own URL. A loop shared by ten functions would be optimised for none of them, and
// later subjects would be slower.

export async function repeat(call: () => unknown, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await call();
}
