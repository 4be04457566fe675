import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    globalSetup: ['pack-packages.ts'],
    // Every test builds and runs in processes of its own, and the tests of a file run at the same time.
    maxWorkers: 2,
    maxConcurrency: 3,
    sequence: { concurrent: true },
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
