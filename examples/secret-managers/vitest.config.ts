import { defineConfig } from 'vitest/config';

// The clients read these, and tests must not depend on the developer's shell.
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
const noProxy = Object.fromEntries(proxies.flatMap((name) => [name, name.toLowerCase()]).map((name) => [name, '']));

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], env: noProxy, maxWorkers: 2, testTimeout: 30_000, hookTimeout: 30_000 },
});
