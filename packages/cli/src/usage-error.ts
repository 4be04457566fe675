/** The command line or the configuration is wrong: exit code 2. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
