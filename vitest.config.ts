import { defineConfig } from 'vitest/config'

const node = { environment: 'node' as const, pool: 'forks' as const }

export default defineConfig({
  test: {
    projects: [
      { test: { ...node, name: 'unit', include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'bin/**/*.test.ts'] } },
      {
        test: {
          ...node,
          name: 'integration',
          include: ['src/**/*.itest.ts', 'test/conformance/**/*.itest.ts'],
          globalSetup: ['test/harness/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...node,
          name: 'e2e',
          include: ['test/e2e/**/*.itest.ts', 'test/chaos/**/*.itest.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
