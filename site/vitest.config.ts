import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A busy machine is ten times slower. These only end a test that hangs.
  test: { include: ['test/**/*.test.ts'], maxWorkers: 2, testTimeout: 600_000, hookTimeout: 120_000 },
});
