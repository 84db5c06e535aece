import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, steadyClock } from "../testing/tiny-run.ts";
import type { RunDescription, RunEvent } from "../train/index.ts";
import { openObservers } from "./open/open-observers.ts";
import { resolveConfig } from "./resolve-config.ts";
import { runTraining } from "./run.ts";
import { WARM_START } from "./warm-start.ts";

const CSV = fileURLToPath(new URL("../../examples/extending/observer.ts", import.meta.url));

function configured(observers: unknown, iterations = 2) {
  return resolveConfig({
    file: {
      task: "digits",
      observers,
      sampling: { maxCompletionTokens: 3 },
      train: { iterations, promptsPerIteration: 2, groupSize: 4, evaluateEvery: 0 },
      sft: { steps: 0 },
    },
  });
}

async function run(
  observers: unknown,
  path = freshPath(),
  more: { resume?: boolean; iterations?: number } = {},
) {
  const events: RunEvent[] = [];
  await runTraining({
    config: configured(observers, more.iterations),
    runDirectory: path,
    resume: more.resume === true,
    openEngine: async () => digitsFakeEngine(),
    onEvent: (event) => void events.push(event),
    clock: steadyClock(),
  });
  return { path, events };
}

/** A module of one observer. */
function moduleOf(create: string): string {
  const path = join(temporaryDirectory(), "observer.mjs");
  writeFileSync(path, `export const mine = { create: ${create} };\n`);
  return path;
}

const eventFiles = (path: string) => readdirSync(join(path, "tensorboard"));
const lines = (path: string) => readFileSync(path, "utf8").trim().split("\n").length;

describe("observers of a configuration", () => {
  test("are TensorBoard by its name, and modules", async () => {
    const { path } = await run(["tensorboard", { module: CSV, options: { file: "a.csv" } }]);
    expect(eventFiles(path)).toHaveLength(1);
    expect(lines(join(path, "a.csv"))).toBe(2);
  });

  test("may be one word, and write into a given directory", async () => {
    const directory = join(temporaryDirectory(), "events");
    const [one, other] = [join(temporaryDirectory(), "one"), join(temporaryDirectory(), "other")];
    for (const path of [one, other]) await run({ kind: "tensorboard", directory }, path);
    expect(readdirSync(directory).sort()).toEqual(["one", "other"]);
    expect(readdirSync(join(directory, "one"))).toHaveLength(1);
    expect(configured("tensorboard").observers).toEqual([{ kind: "tensorboard" }]);
  });

  test("may change between a run and its resumption", async () => {
    const { path } = await run([{ module: CSV }]);
    await run(["tensorboard", { module: moduleOf("() => ({ event() {} })") }], path, {
      resume: true,
      iterations: 3,
    });
    expect(eventFiles(path)).toHaveLength(1);
    expect(lines(join(path, "accuracy.csv"))).toBe(2);
  });

  test("end no run when they fail", async () => {
    const module = moduleOf('() => ({ event() { throw new Error("no room"); } })');
    const { events } = await run([{ module }]);
    expect(events).toContainEqual({
      event: "observer-failed",
      observer: "mine",
      message: expect.stringMatching(/^no room, at .+observer\.mjs:1:\d+$/),
    });
  });

  test.each([
    ["() => ({ evnt() {} })", 'got "evnt"; did you mean "event"?'],
    ["() => 3", "expected an object with some of start"],
    ["() => ({ event: 3 })", "event: expected a function, got 3"],
  ])("made by %s are refused, with file and export", async (create, message) => {
    const module = moduleOf(create);
    await expect(run([{ module }])).rejects.toThrow(message);
    await expect(run([{ module }])).rejects.toThrow(`observers[0] (${module} mine)`);
  });
});

test("TensorBoard in a given directory keeps the warm start of a run apart from the run", async () => {
  const directory = temporaryDirectory();
  for (const kind of ["sft", "train"] as const) {
    const runDirectory = kind === "sft" ? join("runs", "a", WARM_START) : join("runs", "a");
    const [observer] = await openObservers(
      { observers: [{ kind: "tensorboard", directory }] },
      { runDirectory, kind },
    );
    await observer!.start?.({ kind, config: {} } as RunDescription);
  }
  expect(readdirSync(join(directory, "a"))).toHaveLength(2);
  expect(readdirSync(join(directory, "a", WARM_START))).toHaveLength(1);
});
