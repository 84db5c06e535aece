import { defineConfig } from "vitest/config";

/** Tests of the four pure rooms: a mutant of one is killed by the tests of any. */
export default defineConfig({
  test: {
    include: ["src/{math,credit,objective,verify}/**/*.test.ts"],
    exclude: ["src/**/*.slow.test.ts"],
    // Mutated files are longer than their sources.
    testNamePattern: /^(?!.*the median of a method's file)/,
    setupFiles: ["src/testing/setup.ts"],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
