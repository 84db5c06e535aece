import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { moduleHash } from "./module-hash.ts";

test.each([
  ["./weights.js", "weights.ts"],
  ["./weights.mjs", "weights.mts"],
  ["./weights", "weights.ts"],
  ["./lib", "lib/index.ts"],
])("an import of %s is the file %s", (specifier, file) => {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "lib"));
  const module = join(folder, "own.ts");
  writeFileSync(module, `import { weight } from "${specifier}";\nexport default weight;\n`);
  writeFileSync(join(folder, file), "export const weight = 1;\n");
  const before = moduleHash(module);
  expect(moduleHash(module)).toBe(before);
  writeFileSync(join(folder, file), "export const weight = 2;\n");
  expect(moduleHash(module)).not.toBe(before);
});

test("a module that is not there is named: a warm start does not load the reward before its hash", () => {
  expect(() => moduleHash("/no/such/reward.mjs")).toThrow(ConfigError);
  expect(() => moduleHash("/no/such/reward.mjs")).toThrow(
    "module /no/such/reward.mjs: cannot be read: ENOENT",
  );
});
