import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFakeEngine } from "../../engine/index.ts";
import { RunError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { tinyConfig } from "../../testing/tiny-run.ts";
import { describeEnvironment } from "../run-directory/environment.ts";
import { RunDirectory } from "../run-directory/run-directory.ts";
import {
  clearUnfinished,
  latestCheckpoint,
  listCheckpoints,
  replaceDirectory,
  saveCheckpoint,
} from "./checkpoint.ts";

const engine = createFakeEngine({ vocabSize: 3 });
const trainer = (completed: number) => ({ version: 1 as const, completed, consecutiveSkips: 0, state: {} });

describe("checkpoints", () => {
  test("are kept by number, the newest of them", async () => {
    const run = temporaryDirectory();
    for (const completed of [9, 10, 1_000_000]) await saveCheckpoint(run, engine, trainer(completed), 2);
    expect(listCheckpoints(run).map(({ trainer: { completed } }) => completed)).toEqual([10, 1_000_000]);
    expect(latestCheckpoint(run)?.path).toBe(join(run, "checkpoints", "1000000"));
  });

  test("without a readable trainer.json do not count", async () => {
    const run = temporaryDirectory();
    await saveCheckpoint(run, engine, trainer(4), 2);
    mkdirSync(join(run, "checkpoints", "000009"));
    mkdirSync(join(run, "checkpoints", "000010"));
    writeFileSync(join(run, "checkpoints", "000010", "trainer.json"), '{"version": 1, "comp');
    expect(latestCheckpoint(run)?.trainer.completed).toBe(4);
  });

  test("may be saved again in the same place", async () => {
    const run = temporaryDirectory();
    await saveCheckpoint(run, engine, trainer(4), 2);
    await saveCheckpoint(run, engine, { ...trainer(4), consecutiveSkips: 3 }, 2);
    expect(latestCheckpoint(run)?.trainer.consecutiveSkips).toBe(3);
    expect(readdirSync(join(run, "checkpoints"))).toEqual(["000004"]);
  });

  test("that cannot be saved leave nothing behind, and the error says that there is no earlier one", async () => {
    const run = temporaryDirectory();
    const failing = { ...engine, save: () => Promise.reject(new Error("the cable was pulled")) };
    const saving = saveCheckpoint(run, failing, trainer(1), 2);
    await expect(saving).rejects.toThrow(RunError);
    await expect(saving).rejects.toThrow("the cable was pulled; there is no earlier one");
    expect(readdirSync(join(run, "checkpoints"))).toEqual([]);
  });

  test("that a crash cut short are cleared away", () => {
    const run = temporaryDirectory();
    const unfinished = join(run, "checkpoints", ".unfinished-123");
    mkdirSync(unfinished, { recursive: true });
    clearUnfinished(run);
    expect(existsSync(unfinished)).toBe(false);
    expect(() => clearUnfinished(join(run, "nowhere"))).not.toThrow();
  });

  test("that were being replaced when the process was killed are there again", async () => {
    const run = temporaryDirectory();
    await saveCheckpoint(run, engine, trainer(4), 2);
    const folder = join(run, "checkpoints");
    renameSync(join(folder, "000004"), join(folder, ".replaced-000004"));
    expect(latestCheckpoint(run)).toBeUndefined();
    clearUnfinished(run);
    expect(latestCheckpoint(run)?.trainer).toEqual(trainer(4));
    mkdirSync(join(folder, ".replaced-000004"));
    clearUnfinished(run);
    expect(readdirSync(folder)).toEqual(["000004"]);
  });
});

test("a directory is replaced whole, or stays as it was", async () => {
  const path = join(temporaryDirectory(), "model");
  const fill = (name: string) => async (fresh: string) => writeFileSync(join(fresh, name), name);
  await replaceDirectory(path, fill("a"));
  await replaceDirectory(path, fill("b"));
  expect(readdirSync(path)).toEqual(["b"]);
  const half = replaceDirectory(path, async (fresh) => {
    await fill("c")(fresh);
    throw Object.assign(new Error("full"), { code: "ENOSPC" });
  });
  await expect(half).rejects.toThrow("cannot be saved: no space left on the disk");
  expect(readdirSync(path)).toEqual(["b"]);
});

test("directories of one parent that are filled at once have each their own files", async () => {
  const parent = temporaryDirectory();
  const fill = (name: string) => async (fresh: string) => {
    writeFileSync(join(fresh, name), name);
    await new Promise((resolve) => setTimeout(resolve, 10));
    writeFileSync(join(fresh, `${name} end`), name);
  };
  await Promise.all(["a", "b"].map((name) => replaceDirectory(join(parent, name), fill(name))));
  expect(readdirSync(parent)).toEqual(["a", "b"]);
  expect(readdirSync(join(parent, "a"))).toEqual(["a", "a end"]);
  expect(readdirSync(join(parent, "b"))).toEqual(["b", "b end"]);
});

describe("a run directory", () => {
  const record = { kind: "train" as const, steps: 4, config: tinyConfig(), data: { train: "digits" } };
  const created = () => RunDirectory.create(join(temporaryDirectory(), "run"), record, describeEnvironment());

  test("of another version is refused", () => {
    const { path } = created();
    writeFileSync(join(path, "config.json"), JSON.stringify({ ...record, version: 99 }));
    expect(() => RunDirectory.open(path)).toThrow("expected version 1, got 99");
  });

  test("keeps the lines up to an iteration, and drops a last line that was cut off", async () => {
    const directory = created();
    for (const iteration of [0, 1, 2]) {
      await directory.appendMetrics({ event: "iteration", iteration });
      directory.writeRollouts(iteration, [{ iteration }]);
    }
    writeFileSync(directory.at("metrics.jsonl"), '{"event":"itera', { flag: "a" });
    await directory.truncateAfter(1, true);
    expect((await directory.metrics()).map(({ iteration }) => iteration)).toEqual([0, 1]);
    expect(readdirSync(directory.at("rollouts"))).toEqual(["000000.jsonl", "000001.jsonl"]);
  });

  test("without an evaluation after that iteration, drops it and its warning, and keeps warnings of the iteration", async () => {
    const directory = created();
    const lines = ["iteration", "warning", "evaluation", "warning"].map((event, line) => ({ event, line }));
    for (const iteration of [1, 2])
      for (const line of lines) await directory.appendMetrics({ ...line, iteration });
    await directory.truncateAfter(2, false);
    const kept = await directory.metrics();
    expect(kept.map(({ iteration, line }) => [iteration, line])).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 0],
      [2, 1],
    ]);
  });

  test("notes each time it was resumed", () => {
    const directory = created();
    directory.noteResume(describeEnvironment(), 7);
    directory.noteResume(describeEnvironment(), 9);
    const environment: unknown = JSON.parse(readFileSync(directory.at("environment.json"), "utf8"));
    expect(environment).toMatchObject({ version: 1, resumes: [{ after: 7 }, { after: 9 }] });
  });

  test("that cannot be made is named", () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    expect(() => RunDirectory.create(join(file, "run"), record, describeEnvironment())).toThrow("file/run");
    expect(() => RunDirectory.create(file, record, describeEnvironment())).toThrow("file");
  });
});
