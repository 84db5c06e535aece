import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ConfigError, EngineError, InterruptedError } from "../errors/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { digitsFakeEngine } from "../testing/tiny-run.ts";
import type { RunEvent } from "../train/index.ts";
import type { Cell } from "./cell.ts";
import { readGrid } from "./grid.ts";
import type { Measure } from "./measure.ts";
import { runCell, startedConfig } from "./run-cell.ts";
import { GridRunner } from "./run-grid.ts";
import { CellStore } from "./store.ts";

const grid = (seeds: readonly number[]) =>
  readGrid({
    config: {
      engine: { kind: "local", threads: 1, replicas: 1 },
      data: { kinds: ["largest"], digits: [3, 3], noise: 0 },
      sampling: { maxCompletionTokens: 3 },
      train: { iterations: 1, promptsPerIteration: 4, groupSize: 4, checkpointEvery: 0 },
      sft: { steps: 0 },
      evaluation: { problems: 4 },
    },
    start: false,
    seeds: [...seeds],
  });

/** A measure that gathers nothing of the engine. */
const measureOf = (own: Partial<Measure> = {}): Measure => ({
  name: "one",
  unit: "number",
  evidence: { identity: () => "one", isOfWeights: true, gather: async () => 1 },
  pick: () => ({ value: 1 }),
  ...own,
});

const openEngine = async () => digitsFakeEngine();

test("cells begin in the order of the grids that were given, though a later one is checked first", async () => {
  const begun: number[] = [];
  const runner = new GridRunner({ store: new CellStore(temporaryDirectory()), openEngine });
  const onCell = ({ seed }: Cell, result: unknown) => {
    if (result === undefined) begun.push(seed);
  };
  const slow = measureOf({ check: () => new Promise((resolve) => setTimeout(resolve, 20)) });
  await Promise.all([
    runner.run({ cells: grid([0, 1]).cells, measures: [slow], onCell }),
    runner.run({ cells: grid([2, 3]).cells, measures: [measureOf()], onCell }),
  ]);
  // Seed 2 had the slot before anything of the first grid was ready.
  expect(begun).toEqual([2, 0, 1, 3]);
});

test("a grid whose check fails ends those beside it", async () => {
  const directory = temporaryDirectory();
  const runner = new GridRunner({ store: new CellStore(directory), openEngine });
  const check = async () => {
    throw new ConfigError("no such file");
  };
  const ended = await Promise.allSettled([
    runner.run({ cells: grid([0, 1, 2, 3]).cells, measures: [measureOf()] }),
    runner.run({ cells: grid([4]).cells, measures: [measureOf({ check })] }),
  ]);
  for (const one of ended)
    expect(one).toMatchObject({ status: "rejected", reason: { message: "no such file" } });
  expect(existsSync(join(directory, "results"))).toBe(false);
});

test("of cells side by side the error is the one that came first, not what the others end with", async () => {
  const gather = ({ config, signal }: Parameters<Measure["evidence"]["gather"]>[0]) =>
    new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => reject(new InterruptedError("sample: interrupted")));
      if (config.train.seed === 1) setTimeout(() => reject(new EngineError("the real cause")), 20);
    });
  const runner = new GridRunner({ store: new CellStore(temporaryDirectory()), jobs: 2, openEngine });
  const evidence = { ...measureOf().evidence, gather };
  await expect(
    runner.run({ cells: grid([0, 1]).cells, measures: [measureOf({ evidence })] }),
  ).rejects.toThrow("the real cause");
});

test("a trained cell that is stopped before it is measured gathers nothing", async () => {
  const store = new CellStore(temporaryDirectory());
  const [cell] = grid([0]).cells as readonly [Cell];
  const options = { store, openEngine };
  await runCell(cell, cell.config, [], options);
  const gather = vi.fn(async () => 1);
  const measure = measureOf({ evidence: { ...measureOf().evidence, gather } });
  expect(await runCell(cell, cell.config, [measure], { ...options, signal: AbortSignal.abort() })).toBe(
    false,
  );
  expect(gather).not.toHaveBeenCalled();
  expect(await runCell(cell, cell.config, [measure], options)).toBe(true);
  expect(gather).toHaveBeenCalledOnce();
});

test("cells side by side share the memory, unless the configuration says how much each may have", async () => {
  const memories: unknown[] = [];
  const recorded = async ({
    engine,
  }: {
    readonly engine: { readonly kind: string; readonly memory?: unknown };
  }) => {
    memories.push(engine.memory);
    return digitsFakeEngine();
  };
  const run = (jobs: number, cells: readonly Cell[]) =>
    new GridRunner({ store: new CellStore(temporaryDirectory()), jobs, openEngine: recorded }).run({
      cells,
      measures: [measureOf()],
    });
  const { cells } = grid([0]);
  await run(1, cells);
  await run(2, cells);
  const [{ config, ...cell }] = cells as readonly [Cell];
  const limited = { ...config, engine: { ...config.engine, memory: "2 GiB" } } as typeof config;
  await run(2, [{ ...cell, config: limited }]);
  expect(memories).toEqual([undefined, expect.any(Number), "2 GiB"]);
});

test("a warm start that was interrupted is resumed by any cell that begins with it", async () => {
  const store = new CellStore(temporaryDirectory());
  const cellWith = (promptsPerIteration: number) => {
    const sft = { steps: 3, batchSize: 2 };
    const data = { kinds: ["largest"], warmStart: { readingSteps: 1, transcriptionSteps: 1 } };
    return readGrid({ config: { sft, data, train: { promptsPerIteration } }, start: false, seeds: [0] })
      .cells[0]!;
  };
  const stop = new AbortController();
  const onEvent = ({ event }: RunEvent) => {
    if (event === "warm-start") stop.abort();
  };
  const stopped = { store, openEngine, signal: stop.signal, onEvent };
  expect(await startedConfig(cellWith(4), stopped)).toBeUndefined();
  expect(await startedConfig(cellWith(2), { store, openEngine })).toMatchObject({
    train: { promptsPerIteration: 2 },
    model: { kind: "directory" },
  });
});

test("refuses zero jobs", () => {
  expect(() => new GridRunner({ store: new CellStore("none"), jobs: 0 })).toThrow(
    "jobs: expected a whole number from 1, got 0",
  );
});
