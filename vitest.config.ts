import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "viewer/src/**/*.test.ts"],
    exclude: ["src/**/*.slow.test.ts", "src/**/*.browser.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    // One core idles unless told otherwise.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
