import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const include = ["src/**/*.test.ts", "viewer/src/**/*.test.ts", ".ci/**/*.test.mjs"];
const exclude = ["src/**/*.slow.test.ts", "src/**/*.browser.test.ts", "src/**/*.webgpu.test.ts"];

const sources = ["src", "viewer/src"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
);

/** Files that replace a module, which others must not find replaced, and files that say why they need a process of their own. */
const alone = sources
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => readFileSync(path, "utf8").match(/^(?:vi\.mock\(|\/\/ In a process of its own:)/m));

/** What a module's transformed form depends on beside its text: the package's own imports, TypeScript's options. */
const options = ["package.json", "tsconfig.base.json", "viewer/tsconfig.json"]
  .concat(sources.filter((path) => path.endsWith("tsconfig.json")).sort())
  .map((path) => readFileSync(path, "utf8"))
  .join();

/**
 * Test files of a worker share the modules that they import, which saves most of the time of importing them; a few
 * have a worker of their own. Transformed modules are kept in `node_modules/.experimental-vitest-cache`, by their text.
 */
export default defineConfig({
  plugins: [
    {
      name: "cache-key",
      configureVitest({ experimental_defineCacheKeyGenerator }) {
        experimental_defineCacheKeyGenerator(() => options);
      },
    },
  ],
  test: {
    experimental: { fsModuleCache: true },
    setupFiles: ["src/testing/setup.ts"],
    // One core idles unless told otherwise. A worker more than cores imports more, and is no faster.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // With `--coverage`; .ci/coverage.mjs prints it by room.
    coverage: {
      reportOnFailure: true,
      provider: "v8",
      reporter: ["json-summary"],
      include: ["src/**/*.ts"],
      exclude: ["src/testing/**", "src/**/*.test.ts", "src/engine/tinker/protobuf/*_pb.ts"],
    },
    projects: [
      { extends: true, test: { name: "shared", include, exclude: [...exclude, ...alone], isolate: false } },
      { extends: true, test: { name: "alone", include: alone, isolate: true } },
    ],
  },
});
