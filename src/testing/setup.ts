/**
 * @module
 * Runs before every test file: library code must not print, must not draw unseeded random numbers, and numbers
 * are compared by one matcher.
 */
import { syncBuiltinESMExports } from "node:module";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, vi } from "vitest";
import "./same-numbers.ts";
import { removeTemporaryDirectories } from "./temporary-directory.ts";

// Arrangements that tests measure are not the user's.
process.env["FOVEA_CACHE"] ??= join(tmpdir(), "fovea-tests-cache");

// On one core `auto` has nothing to measure: tests of the choice say themselves what machine they have.
os.availableParallelism = () => 1;
syncBuiltinESMExports();

afterAll(() => {
  removeTemporaryDirectories();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

beforeEach(() => {
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
      throw new Error(`console.${method} was called in a test: ${words.join(" ")}`);
    });
  }
  vi.spyOn(Math, "random").mockImplementation(() => {
    throw new Error("Math.random was called: pass a seeded generator");
  });
});

expect.extend({
  /** Elementwise |received − expected| ≤ atol + rtol·|expected|; lengths must agree and NaN never passes. */
  toBeAllclose(
    received: ArrayLike<number>,
    expected: ArrayLike<number>,
    { rtol = 1e-9, atol = 1e-12 }: { rtol?: number; atol?: number } = {},
  ) {
    if (received.length !== expected.length) {
      return { pass: false, message: () => `expected length ${expected.length}, got ${received.length}` };
    }
    for (let i = 0; i < expected.length; i++) {
      const got = received[i]!;
      const want = expected[i]!;
      if (!(Math.abs(got - want) <= atol + rtol * Math.abs(want)) && got !== want) {
        return {
          pass: false,
          message: () => `at [${i}]: expected ${want}, got ${got} (rtol ${rtol}, atol ${atol})`,
        };
      }
    }
    return { pass: true, message: () => "expected the arrays to differ" };
  },
});
