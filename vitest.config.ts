import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const include = ["src/**/*.test.ts", "viewer/src/**/*.test.ts", ".ci/**/*.test.mjs"];
const exclude = ["src/**/*.slow.test.ts", "src/**/*.browser.test.ts", "src/**/*.webgpu.test.ts"];

/** Files that replace a module, which others must not find replaced, and files that say why they need a process of their own. */
const alone = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => join("src", path))
  .filter((path) => readFileSync(path, "utf8").match(/^(?:vi\.mock\(|\/\/ In a process of its own:)/m));

/**
 * Test files of a worker share the modules that they import, which saves most of the time of importing them; a few
 * have a worker of their own.
 */
export default defineConfig({
  test: {
    setupFiles: ["src/testing/setup.ts"],
    // One core idles unless told otherwise. A worker more than cores imports more, and is no faster.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "shared", include, exclude: [...exclude, ...alone], isolate: false } },
      { extends: true, test: { name: "alone", include: alone, isolate: true } },
    ],
  },
});
