import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openPromptFormat } from "../open/prompt-format.ts";
import { resolveConfig } from "../resolve-config.ts";
import { makePart, openModule } from "./load-module.ts";

function moduleFile(text: string, name = "own.ts"): string {
  const file = join(temporaryDirectory(), name);
  writeFileSync(file, text);
  return file;
}
const reference = (module: string) => ({ kind: "module" as const, module, options: {} });

test("a default export is named by its file, so that two of them are two rewards", async () => {
  const text = "export default { create: () => () => [] };";
  const files = ["polite.ts", "brief.mjs"].map((name) => moduleFile(text, name));
  const made = await Promise.all(files.map((file) => makePart(reference(file), undefined, "reward")));
  expect(made.map(({ name }) => name)).toEqual(["polite", "brief"]);
  expect(made[0]!.origin).toBe(`${files[0]} default`);
});

describe("a module that is refused", () => {
  test.each([
    [
      "reward",
      "export default (answered) => [];",
      "got none but a function as default; make one with defineReward,",
    ],
    ["credit", "export const own = () => [];", "got none but the function own; make one with defineCredit,"],
    ["prompt.module", "export const own = {};", "got none; make one with definePromptFormat,"],
    [
      "evaluation.benchmarks",
      "export class Own {}",
      "got none but the function Own; make one with defineBenchmark,",
    ],
  ])("as %s says how its part is exported: %s", async (where, text, message) => {
    const opening = openModule(reference(moduleFile(text)), where);
    await expect(opening).rejects.toThrow(ConfigError);
    await expect(opening).rejects.toThrow(message);
  });

  test("since it is a folder says so", async () => {
    const folder = join(temporaryDirectory(), "parts");
    mkdirSync(folder);
    await expect(openModule(reference(folder), "reward")).rejects.toThrow(
      `reward.module: ${folder}: expected a TypeScript or JavaScript file, got a folder`,
    );
  });
});

describe("a prompt format's export and options", () => {
  const file = moduleFile(`import { definePromptFormat, z } from "fovea";
    const make = (before) => definePromptFormat({
      schema: z.strictObject({ suffix: z.string().default("?") }),
      create: ({ suffix }) => ({ suffix: before + suffix }),
    });
    export const one = make("1");
    export const two = make("2");`);
  const suffix = async (prompt: object, ...flags: string[]) =>
    (await openPromptFormat(resolveConfig({ file: { prompt }, flags }))).suffix;

  test("may be set beside its module, as in every other part", async () => {
    expect(await suffix({ module: file, export: "two" })).toBe("2?");
    expect(await suffix({ module: file, export: "one", options: { suffix: "!" } })).toBe("1!");
    expect(await suffix({ module: { module: file, export: "two", options: { suffix: "." } } })).toBe("2.");
    expect(await suffix({ module: { module: file }, export: "one" })).toBe("1?");
    expect(await suffix({ module: file, export: "one" }, "prompt.options.suffix=x")).toBe("1x");
    expect(await suffix({ module: file, export: "one" }, "prompt.export=two")).toBe("2?");
  });

  test("are refused in both places, and without a module", () => {
    const both = { module: { module: file, export: "one" }, export: "two" };
    expect(() => resolveConfig({ file: { prompt: both } })).toThrow(
      "prompt.export: expected prompt.export or prompt.module.export, got both",
    );
    expect(() => resolveConfig({ file: { prompt: { export: "two" } as never } })).toThrow(/prompt\.module\./);
  });
});
