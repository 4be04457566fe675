/** Appends advice for the author to every failed expectation of a test. Other errors stay as they are. */
export function withFix<Args extends readonly unknown[]>(
  fix: string,
  run: (...args: Args) => void | Promise<void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      await run(...args);
    } catch (error) {
      if (error instanceof Error && error.name === 'AssertionError') error.message += `\nWhat to do: ${fix}`;
      throw error;
    }
  };
}
