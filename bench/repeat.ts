// Loaded once for each subject, under an address of its own: one loop that has seen ten functions is compiled for none of
// them, and the subjects that are measured later would pay for it.

export async function repeat(call: () => unknown, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await call();
}
