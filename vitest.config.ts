import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const include = ["src/**/*.test.ts", "viewer/src/**/*.test.ts"];
const exclude = ["src/**/*.slow.test.ts", "src/**/*.browser.test.ts"];

/** Files that replace a module: others must not find the replacement. */
const mocking = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => join("src", path))
  .filter((path) => readFileSync(path, "utf8").includes("\nvi.mock("));

/**
 * Test files of a worker share the modules that they import, which saves most of the time of importing them; a file that replaces
 * a module has a worker of its own.
 */
export default defineConfig({
  test: {
    setupFiles: ["src/testing/setup.ts"],
    // One core idles unless told otherwise.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "shared", include, exclude: [...exclude, ...mocking], isolate: false } },
      { extends: true, test: { name: "mocking", include: mocking, isolate: true } },
    ],
  },
});
