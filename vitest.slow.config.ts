import { defineConfig } from "vitest/config";

/** Tests that take minutes: `npm run test:slow`. */
export default defineConfig({
  test: {
    include: ["src/**/*.slow.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    testTimeout: 600_000,
  },
});
