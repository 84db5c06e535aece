import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resumeRules } from "../../config/resume-rules.ts";
import { ProcessFile } from "../../files/index.ts";
import { freshPath, tinyConfig } from "../../testing/tiny-run.ts";
import { describeEnvironment } from "./environment.ts";
import { PROCESS_FILE, runDirectory } from "./recorder.ts";
import { RunDirectory } from "./run-directory.ts";

const record = (...flags: string[]) =>
  ({ kind: "train", steps: 4, config: tinyConfig(...flags), data: { train: "abc" } }) as const;

/** A run whose config.json was changed since. */
function changed(change: (config: Record<string, Record<string, unknown>>) => void): RunDirectory {
  const path = freshPath();
  RunDirectory.create(path, record(), describeEnvironment());
  const file = join(path, "config.json");
  const written = JSON.parse(readFileSync(file, "utf8"));
  change(written.config);
  writeFileSync(file, JSON.stringify(written));
  return RunDirectory.open(path);
}

test("a run begun before a key existed continues with the key's default, and with no other value", () => {
  const directory = changed(({ train, engine }) => {
    delete train!["maxStaleness"];
    delete engine!["replicas"];
  });
  directory.acceptResume(record("engine.replicas=1"), resumeRules);
  expect(() => directory.acceptResume(record("engine.replicas=2"), resumeRules)).toThrow(
    "engine.replicas: 1 before, 2 now",
  );
});

test("a run continues on another device, with another limit of memory, or at a server that has moved", () => {
  const path = freshPath();
  const directory = RunDirectory.create(path, record(), describeEnvironment());
  const local = ["engine.device=webgpu", "engine.memory=5 GiB"];
  directory.acceptResume(record(...local), resumeRules);
  expect(() => directory.acceptResume(record("engine.spin=true"), resumeRules)).toThrow("engine.spin");
  for (const key of [
    "url",
    "apiKeyVariable",
    "retryMinutes",
    "resultMinutes",
    "maxRequestMegabytes",
    "check.threshold",
  ]) {
    expect(resumeRules.mayChange?.(`engine.${key}`, {}, {})).toBe(true);
  }
  for (const key of ["kind", "baseModel", "loraRank", "replicas", "rollouts", "deviceful"]) {
    expect(resumeRules.mayChange?.(`engine.${key}`, {}, {})).toBe(false);
  }
});

test("a cell of a grid is resumed where the grid is now, and no run with another model", () => {
  const at = (path: string) => ({ model: { kind: "directory", path } });
  const before = at("old/grid/warm-starts/8b1460f62502fa22/model");
  const moved = (path: string) => resumeRules.mayChange?.("model.path", at(path), before);
  expect(moved("/new/grid/warm-starts/8b1460f62502fa22/model")).toBe(true);
  expect(moved("/new/grid/warm-starts/0000000000000000/model")).toBe(false);
  expect(moved("/models/other")).toBe(false);
  expect(resumeRules.mayChange?.("model.path", { model: { kind: "small" } }, {})).toBe(false);
});

test("a run with a key that is known no longer is refused, naming it", () => {
  const directory = changed(({ train }) => {
    train!["patience"] = 3;
  });
  expect(() => directory.acceptResume(record(), resumeRules)).toThrow("train.patience: 3 before, unset now");
});

test("a directory in which a run was killed before its config.json was there is free", () => {
  const path = freshPath();
  mkdirSync(path);
  for (const name of ["environment.json", "config.json.17.tmp"]) writeFileSync(join(path, name), "{");
  expect(() => RunDirectory.open(path)).toThrow("starts again without --resume");
  RunDirectory.create(path, record(), describeEnvironment());
  expect(RunDirectory.exists(path)).toBe(true);
  const other = freshPath();
  mkdirSync(other);
  for (const name of ["environment.json", "notes.txt"]) writeFileSync(join(other, name), "");
  expect(() => RunDirectory.requireFree(other)).toThrow("is not empty and holds no run");
});

test("two runs that begin in one directory at the same moment do not write the configuration of the other", async () => {
  const path = freshPath();
  mkdirSync(path);
  const other = new ProcessFile(join(path, PROCESS_FILE), "other run");
  expect(() => runDirectory(path).start?.(record())).toThrow(`process ${process.pid} on `);
  expect(readdirSync(path)).toEqual([PROCESS_FILE]);
  other.end();
  await runDirectory(path).start?.(record());
  expect(RunDirectory.exists(path)).toBe(true);
});

test("a resumed run deletes later rollouts and temporary files, and no file of the user's", async () => {
  const path = freshPath();
  const directory = RunDirectory.create(path, record(), describeEnvironment());
  for (const iteration of [1, 2, 3]) directory.writeRollouts(iteration, [{}]);
  mkdirSync(directory.at("rollouts", "kept"));
  for (const name of ["notes.txt", "000001.jsonl.17.tmp"]) writeFileSync(directory.at("rollouts", name), "");
  await directory.truncateAfter(2, true);
  expect(readdirSync(directory.at("rollouts")).sort()).toEqual([
    "000001.jsonl",
    "000002.jsonl",
    "kept",
    "notes.txt",
  ]);
});
