import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RememberedChoices } from "../engine/local/arrangement/remembered-choices.ts";
import { stopAfter } from "../testing/stop-after.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { freshPath, steadyClock, tinyConfig } from "../testing/tiny-run.ts";
import type { ArrangementEvent } from "../train/index.ts";
import { arrangeEngine, withArrangementOf, withFormerArrangement } from "./open/arranged-engine.ts";
import { runTraining } from "./run.ts";

const FLAGS = [
  "train.iterations=2",
  "train.promptsPerIteration=2",
  "train.groupSize=4",
  "evaluation.problems=4",
];
const read = (path: string, name: string) => JSON.parse(readFileSync(join(path, name), "utf8"));
const weights = (path: string) => readFileSync(join(path, "model", "model.safetensors")).toString("base64");

async function run(path: string, flags: readonly string[], steps = Infinity, resume = false) {
  const events: ArrangementEvent[] = [];
  const { status } = await runTraining({
    config: tinyConfig(...FLAGS, ...flags),
    runDirectory: path,
    resume,
    clock: steadyClock(),
    ...stopAfter(steps, (event) => {
      if (event.event === "arrangement") events.push(event);
    }),
  });
  return { status, events };
}

test("a run records the arrangement that was chosen, and how", async () => {
  const path = freshPath();
  const { events } = await run(path, []);
  const { threads, replicas } = read(path, "config.json").config.engine;
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ threads, replicas });
  expect(read(path, "environment.json").arrangement).toMatchObject({ threads, replicas, by: events[0]!.by });
  // Named, it is the same run.
  const again = freshPath();
  expect((await run(again, [`engine.threads=${threads}`, `engine.replicas=${replicas}`])).events).toEqual([]);
  expect(weights(again)).toBe(weights(path));
});

test("a resumed run keeps its arrangement, even if another would be chosen now", async () => {
  const own = ["engine.threads=2", "engine.replicas=2"];
  const [whole, parts] = [freshPath(), freshPath()];
  await run(whole, own);
  expect((await run(parts, own, 1)).status).toBe("interrupted");
  const resumed = await run(parts, [], Infinity, true);
  expect(resumed).toEqual({ status: "finished", events: [] });
  expect(read(parts, "config.json").config.engine).toMatchObject({ threads: 2, replicas: 2 });
  expect(weights(parts)).toBe(weights(whole));
});

test("a resumed run with other numbers is refused", async () => {
  const path = freshPath();
  await run(path, ["engine.threads=1"], 1);
  await expect(run(path, ["engine.threads=2", "engine.replicas=2"], Infinity, true)).rejects.toThrow(
    "engine.threads: 1 before, 2 now",
  );
});

test("a run of before the choice could be left to the machine had two threads and one replica", () => {
  const config = tinyConfig();
  const { engine } = withArrangementOf(config, { engine: { kind: "local" } });
  expect(engine).toMatchObject({ threads: 2, replicas: 1 });
  expect(withFormerArrangement({ engine: { kind: "local" } })).toEqual({
    engine: { kind: "local", threads: 2, replicas: 1 },
  });
  expect(withArrangementOf(config, { engine: { kind: "tinker" } })).toBe(config);
  const given = tinyConfig("engine.threads=4", "engine.replicas=1");
  expect(withArrangementOf(given, { engine: { kind: "local", threads: 2 } }).engine).toMatchObject({
    threads: 4,
  });
});

test("a given arrangement and a remote engine are unchanged and not reported", async () => {
  const given = tinyConfig("engine.threads=4", "engine.replicas=1");
  const events: unknown[] = [];
  expect(await arrangeEngine(given, (event) => events.push(event))).toBe(given);
  expect(events).toEqual([]);
  const chosen = await arrangeEngine(tinyConfig("engine.replicas=2"), (event) => events.push(event), {
    machine: { cores: 2, memory: 2 ** 40, cpu: "made up", load: 0 },
    remembered: new RememberedChoices(join(temporaryDirectory(), "arrangements.json")),
    openProbe: async () => ({ tokens: 1, round: async () => 1, close: async () => {} }),
  });
  expect(chosen.engine).toMatchObject({ threads: 2, replicas: 2 });
  expect(events).toMatchObject([{ event: "arrangement", by: "only", given: { replicas: 2 } }]);
});
