import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { warmStartWarning } from "../config/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, freshPath, TINY_FLAGS, tinyConfig } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

/** The output of a command on a missing model, up to its failure. */
async function written(command: string, steps: number, ...more: readonly string[]) {
  const { context, stdout, stderr } = collectingContext();
  const flags = [...TINY_FLAGS, "model=/nowhere", `sft.steps=${steps}`].flatMap((flag) => ["--set", flag]);
  await runCommandLine([command, ...flags, "--run-dir", freshPath(), ...more], context);
  return { stdout: stdout(), stderr: stderr() };
}

describe("a warm start that training ignores", () => {
  test.each([
    ["another model and settings of sft", ["model=org/name", "sft.steps=6"], true],
    ["another model and epochs", ["model=/models/qwen", "sft.epochs=2"], true],
    ["another model and the defaults", ["model=org/name", "sft.steps=800"], false],
    ["another model and no steps", ["model=org/name", "sft.batchSize=4"], false],
    ["the built-in model", ["sft.steps=6"], false],
  ])("%s: whether there is a warning", (_, flags, expected) => {
    const warning = warmStartWarning(tinyConfig(...flags));
    expect(warning !== undefined).toBe(expected);
    if (expected) expect(warning).toMatch(/^sft is ignored: .*run fovea sft, set model to/);
  });

  test("is named by a dry run on stderr, beside the configuration on stdout", async () => {
    const { stdout, stderr } = await written("train", 3, "--dry-run", "--json");
    expect(stderr).toMatch(/^warning: sft is ignored: /m);
    expect(JSON.parse(stdout)).toMatchObject({ sft: { steps: 3 } });
    expect((await written("sft", 3, "--dry-run")).stderr).not.toContain("sft is ignored");
  });

  test("of a file is named where a flag sets the model", async () => {
    const { context, stderr } = collectingContext();
    const file = join(temporaryDirectory(), "run.yaml");
    writeFileSync(file, "sft: { steps: 250 }\n");
    const words = ["train", file, "--set", "model=./runs/start/model", "--run-dir", freshPath()];
    await runCommandLine(words, context);
    expect(stderr()).toMatch(/^warning: sft is ignored: /m);
  });

  test("is named by fovea train and by --try, not by fovea sft or on resuming", async () => {
    expect((await written("train", 3)).stderr).toMatch(/^warning: sft is ignored: /m);
    expect((await written("train", 0)).stderr).not.toContain("sft is ignored");
    expect((await written("train", 3, "--resume")).stderr).not.toContain("sft is ignored");
    expect((await written("sft", 3)).stderr).not.toContain("sft is ignored");
    const [first = ""] = (await written("train", 3, "--try", "--json")).stdout.split("\n");
    expect(JSON.parse(first)).toEqual({
      event: "warning",
      message: expect.stringMatching(/^sft is ignored/),
    });
  });
});
