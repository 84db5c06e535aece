import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import type { RunEvent } from "../loop/events.ts";
import type { RunDescription } from "../loop/observer.ts";
import { restartRecord, scalarsRecord, textRecord, versionRecord } from "./event-record.ts";
import { tagsOf } from "./tags.ts";
import { tensorboard } from "./tensorboard.ts";

const RUN: RunDescription = { kind: "train", steps: 3, config: { train: { iterations: 3 } }, data: {} };
const CONFIG = "| key | value |\n|---|---|\n| train.iterations | `3` |";
/** Seconds since 1970 of the first record. */
const BEGIN = 1_800_000_000;

const iteration = (step: number) =>
  ({ event: "iteration", iteration: step, reward: step / 4, timing: { totalSeconds: 2 } }) as RunEvent;
const evaluation = (step: number) => ({ event: "evaluation", iteration: step, accuracy: 0.5 }) as RunEvent;

beforeEach(() => void vi.useFakeTimers({ now: BEGIN * 1000 }));
afterEach(() => void vi.useRealTimers());

/** The bytes of the event files of a directory, by the order of their names. */
function written(directory: string): Buffer[] {
  const files = readdirSync(directory).filter((file) => file.startsWith("events.out.tfevents."));
  return files.sort().map((file) => readFileSync(join(directory, file)));
}

const head = () => [versionRecord(BEGIN), textRecord({ wallTime: BEGIN, step: 0 }, "config", CONFIG)];
const scalars = (event: RunEvent & { readonly iteration: number }) =>
  scalarsRecord({ wallTime: BEGIN, step: event.iteration }, tagsOf(event));

describe("an observer for TensorBoard", () => {
  test("writes each event as it comes", async () => {
    const directory = join(temporaryDirectory(), "tensorboard");
    const observer = tensorboard(directory);
    await observer.start?.(RUN);
    expect(written(directory)).toEqual([Buffer.concat(head())]);
    await observer.event?.(iteration(1));
    await observer.event?.({ event: "checkpoint", completed: 1, path: "x" });
    await observer.event?.(evaluation(1));
    const records = [...head(), scalars(iteration(1) as never), scalars(evaluation(1) as never)];
    expect(written(directory)).toEqual([Buffer.concat(records)]);
  });

  test("reports the iteration at which a resumed run continues", async () => {
    const directory = temporaryDirectory();
    const first = tensorboard(directory);
    await first.start?.(RUN);
    for (const step of [1, 2]) await first.event?.(iteration(step));
    const resumed = tensorboard(directory);
    vi.setSystemTime((BEGIN + 60) * 1000);
    await resumed.start?.(RUN);
    await resumed.event?.(evaluation(1));
    for (const step of [2, 3]) await resumed.event?.(iteration(step));
    const at = (step: number) => ({ wallTime: BEGIN + 60, step });
    const [, second] = written(directory);
    expect(second).toEqual(
      Buffer.concat([
        versionRecord(BEGIN + 60),
        textRecord(at(0), "config", CONFIG),
        scalarsRecord(at(1), tagsOf(evaluation(1))),
        restartRecord(at(2)),
        scalarsRecord(at(2), tagsOf(iteration(2))),
        scalarsRecord(at(3), tagsOf(iteration(3))),
      ]),
    );
  });

  test("reports that a run goes back to a checkpoint without a new start", async () => {
    const directory = temporaryDirectory();
    const observer = tensorboard(directory);
    await observer.start?.(RUN);
    for (const step of [1, 2, 2]) await observer.event?.(iteration(step));
    const records = [
      ...[1, 2].map((step) => scalars(iteration(step) as never)),
      restartRecord({ wallTime: BEGIN, step: 2 }),
      scalars(iteration(2) as never),
    ];
    expect(written(directory)).toEqual([Buffer.concat([...head(), ...records])]);
  });

  test("names a directory that cannot be made", () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    expect(() => tensorboard(join(file, "inside")).start?.(RUN)).toThrow(/inside: cannot be made/);
  });
});

test("tags have a section a nested object of an iteration, and one an event of another kind", () => {
  expect(
    tagsOf({
      event: "iteration",
      iteration: 4,
      reward: 0.5,
      skipped: null,
      roles: { visual: 0.25, deep: { a: 1 } },
      list: [1, 2],
    }),
  ).toEqual([
    ["train/reward", 0.5],
    ["roles/visual", 0.25],
    ["roles/deep.a", 1],
  ]);
  expect(tagsOf({ event: "evaluation", iteration: 4, accuracy: 1, byKind: { sum: { share: 0.5 } } })).toEqual(
    [
      ["evaluation/accuracy", 1],
      ["evaluation/byKind.sum.share", 0.5],
    ],
  );
});
