import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { resolveConfig } from "../resolve-config.ts";
import { openEngine } from "./open-model.ts";

const METHODS = ["sample", "score", "accumulate", "step", "sampler", "setReference", "save", "load", "close"];
const engine = (capabilities: string, without = "") =>
  `({ capabilities: ${capabilities}, ${METHODS.filter((name) => name !== without)
    .map((name) => `${name}() {}`)
    .join(", ")} })`;

async function opened(part: string) {
  const file = join(temporaryDirectory(), "engine.ts");
  writeFileSync(file, `export const own = { create: () => ${part} };`);
  return openEngine(resolveConfig({ file: { engine: { module: file } } }));
}

test.each([
  ["of another kind", "(() => 3)", "expected an engine with the functions sample, score, "],
  ["without functions", "({ sample() {} })", "got an object with sample, without score, accumulate, step"],
  ["that cannot be closed", engine("new Set()", "close"), "without close"],
  ["without capabilities", engine("undefined"), "capabilities: expected a Set of their names, got undefined"],
  ["with a list of capabilities", engine('["overlap"]'), "got an array of 1"],
])("an engine %s is refused with its file and export", async (_, part, message) => {
  const opening = opened(part);
  await expect(opening).rejects.toThrow(ConfigError);
  await expect(opening).rejects.toThrow(/^engine \(.+engine\.ts own\): /);
  await expect(opening).rejects.toThrow(message);
});

test("an engine with every function is taken", async () => {
  expect((await opened(engine("new Set()"))).capabilities.size).toBe(0);
});
