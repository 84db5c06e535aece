import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallProblems, writeJsonl, writePackedJsonl, writeParquet } from "../testing/data-files.ts";
import { stopAfter } from "../testing/stop-after.ts";
import { digitsFakeEngine, freshPath, steadyClock, TINY_FLAGS } from "../testing/tiny-run.ts";
import { writeZip } from "../testing/zip-files.ts";
import { resolveConfig } from "./resolve-config.ts";
import { runTraining, runWarmStart } from "./run.ts";

const problems = await smallProblems(11);
const SMALL = TINY_FLAGS.filter((flag) => !flag.startsWith("data."));

function metricsOf(path: string): unknown[] {
  const lines = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const { timing: _timing, ...record } = JSON.parse(line) as Record<string, unknown>;
    return record;
  });
}

async function run(
  runDirectory: string,
  data: string,
  resume: boolean,
  steps = Infinity,
  more: string[] = [],
) {
  return runTraining({
    config: resolveConfig({ flags: [...SMALL, `data=${data}`, "train.promptsPerIteration=5", ...more] }),
    runDirectory,
    resume,
    openEngine: async () => digitsFakeEngine(),
    clock: steadyClock(),
    ...stopAfter(steps),
  });
}

describe("a run on files", () => {
  test("that is resumed reads the rows that it had not yet read, broken rows counted once", async () => {
    const data = writeJsonl(problems);
    appendFileSync(data, "{broken\n");
    const [whole, parts] = [freshPath(), freshPath()];
    await run(whole, data, false);
    expect((await run(parts, data, false, 1)).status).toBe("interrupted");
    expect((await run(parts, data, true, 2)).status).toBe("interrupted");
    expect((await run(parts, data, true)).status).toBe("finished");
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
    const state = (path: string) =>
      JSON.parse(readFileSync(join(path, "checkpoints/000004/trainer.json"), "utf8")).state;
    expect(state(parts)).toEqual(state(whole));
    const { rows, dataPosition } = state(whole);
    expect(rows.drawn).toBe(dataPosition);
    expect(rows.drawn).toBe(20 + rows.broken);
    expect(rows.broken).toBeGreaterThan(0);
  });

  test("meets each row once before any a second time, in another order each time", async () => {
    const path = freshPath();
    await run(path, writeParquet(problems), false, Infinity, [
      "train.rolloutGroups=0",
      "train.promptsPerIteration=11",
    ]);
    const epochs = [1, 2].map((iteration) => {
      const lines = readFileSync(join(path, `rollouts/00000${iteration}.jsonl`), "utf8")
        .trim()
        .split("\n");
      return [...new Set(lines.map((line) => String(JSON.parse(line).problem)))];
    });
    for (const epoch of epochs) expect([...epoch].sort()).toEqual(problems.map(({ id }) => id).sort());
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  test("is refused when the data have changed since", async () => {
    const data = writeJsonl(problems);
    const path = freshPath();
    await run(path, data, false, 1);
    appendFileSync(data, '{"problem": "Q", "answer": "7"}\n');
    await expect(run(path, data, true)).rejects.toThrow(/rows=11.*rows=12/s);
  });

  test("whose images are packed is resumed exactly, and refused when the archive has changed since", async () => {
    const { path, zip } = writePackedJsonl(problems);
    const [whole, parts] = [freshPath(), freshPath()];
    await run(whole, path, false);
    expect((await run(parts, path, false, 1)).status).toBe("interrupted");
    expect((await run(parts, path, true, 1)).status).toBe("interrupted");
    const [first, ...others] = problems.map(({ id, image }) => ({
      name: `images/${id}.png`,
      content: image,
    }));
    const before = readFileSync(zip);
    writeZip(zip, [{ ...first!, content: others[1]!.content }, ...others]);
    await expect(run(parts, path, true)).rejects.toThrow(/content=.*content=/s);
    writeFileSync(zip, before);
    expect((await run(parts, path, true)).status).toBe("finished");
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
  });
});

test.each([
  ["train", runTraining],
  ["sft", runWarmStart],
] as const)("a data file that is not there ends %s before its engine is opened", async (_, begin) => {
  let opened = 0;
  const missing = freshPath();
  const path = freshPath();
  const started = begin({
    config: resolveConfig({ flags: [...SMALL, `data.path=${missing}`, "sft.steps=1", "sft.warmup=0"] }),
    runDirectory: path,
    openEngine: async () => {
      opened += 1;
      return digitsFakeEngine();
    },
  });
  await expect(started).rejects.toThrow(`${missing}: no such file or directory`);
  expect([opened, existsSync(path)]).toEqual([0, false]);
});
