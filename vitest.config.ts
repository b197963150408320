import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Two, because every file has its own database and the machines we test on have two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "packages/**/src/**/*.test.ts",
            "packages/services/conformance/*.test.ts",
            "apps/**/src/**/*.test.{ts,tsx}",
            "tools/src/**/*.test.ts",
          ],
          globalSetup: ["tools/src/testing/global-setup.ts"],
          // A machine with other work to do must not be told from a defect by a clock: it costs time only in a red run.
          testTimeout: 60_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tools/e2e/**/*.test.ts"],
          setupFiles: ["tools/e2e/setup.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // A page that is loading answers late on a machine with other work: that is no failure.
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
});
