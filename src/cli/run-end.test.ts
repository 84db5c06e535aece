import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Engine } from "../engine/index.ts";
import { EngineError } from "../errors/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import {
  collectingContext,
  digitsFakeEngine,
  freshPath,
  stoppingAfter,
  TINY_FLAGS,
} from "../testing/tiny-run.ts";
import { Run } from "../view/runs/run.ts";
import type { CliContext } from "./context.ts";
import { runCommandLine } from "./program.ts";

async function fovea(words: readonly string[], overrides: Partial<CliContext> = {}) {
  const { context, stdout, stderr } = collectingContext(overrides);
  const status = await runCommandLine(words, context);
  const events = () =>
    stdout()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; message?: string });
  return { status, stderr: stderr(), events };
}

const settings = (...flags: readonly string[]) => flags.flatMap((flag) => ["--set", flag]);
const endOf = (path: string) => JSON.parse(readFileSync(join(path, "end.json"), "utf8"));
const stateOf = async (path: string) => (await new Run("run", path).summary()).stopped;

describe("a run directory records how its run ended", () => {
  test("with an error, until it is resumed and finishes", async () => {
    const path = freshPath();
    const failing = async (): Promise<Engine> => {
      const engine = digitsFakeEngine();
      let steps = 0;
      const step: Engine["step"] = async (adam) => {
        steps += 1;
        if (steps > 3) throw new EngineError("the machine is on fire");
        return engine.step(adam);
      };
      return { ...engine, step };
    };
    const words = ["train", ...settings(...TINY_FLAGS), "--run-dir", path];
    expect((await fovea(words, { openEngine: failing })).status).toBe(1);
    expect(endOf(path)).toEqual({ status: "failed", code: "engine", message: "the machine is on fire" });
    expect(await stateOf(path)).toEqual({ status: "failed", message: "the machine is on fire" });
    expect((await fovea([...words, "--resume"])).status).toBe(0);
    expect(endOf(path)).toEqual({ status: "finished", completed: 4 });
    expect(await stateOf(path)).toBeNull();
  });

  test("by Ctrl-C", async () => {
    const path = freshPath();
    const words = ["train", ...settings(...TINY_FLAGS), "--run-dir", path];
    expect((await fovea(words, stoppingAfter(2))).status).toBe(130);
    expect(await stateOf(path)).toEqual({ status: "interrupted", message: null });
  });
});

describe("a run that cannot learn gives a warning", () => {
  test("before its first step, when no reference can be matched", async () => {
    const file = join(temporaryDirectory(), "rows.jsonl");
    writeFileSync(file, `${JSON.stringify({ question: "Which colour?", answer: "red" })}\n`.repeat(4));
    const flags = settings(
      ...TINY_FLAGS.filter((flag) => !flag.startsWith("data.")),
      `data=${file}`,
      "train.iterations=1",
      "verdict=option-letter",
    );
    const { stderr, status } = await fovea(["train", ...flags, "--run-dir", freshPath()]);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(
      /warning: none of the first 4 references can be matched by any completion.*rows\.jsonl line 1: "red".*verdict option-letter/,
    );
  });

  test("while it runs, when no group has different rewards", async () => {
    const flags = settings(...TINY_FLAGS, "reward=[{kind: format, weight: 1}]", "train.iterations=4");
    const { events, stderr, status } = await fovea(["train", ...flags, "--run-dir", freshPath(), "--json"]);
    expect(status).toBe(0);
    const warnings = events().filter(({ event }) => event === "warning");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.message).toMatch(/no update in 3 iterations in a row/);
    expect(stderr).toContain(`warning: ${warnings[0]!.message}`);
  });
});
