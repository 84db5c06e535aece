import { defineConfig } from "vitest/config";

/** Tests in a real Chromium: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ["src/**/*.browser.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
