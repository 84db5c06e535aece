import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { groupAdvantages } from "../../math/index.ts";
import { madeRun, metricsLine, rolloutLine } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { Run } from "./run.ts";

const ALL = Number.MAX_SAFE_INTEGER;
const rewardsOf = async (run: Run) =>
  (await run.metrics(0, ALL, 600)).events["iteration"]?.columns["reward"]?.mean ?? [];

describe("a run that is whole", () => {
  test("reports its iteration, its configuration and the iterations with rollouts", async () => {
    const run = new Run("made", madeRun());
    expect(await run.summary()).toMatchObject({
      id: "made",
      kind: "train",
      problem: null,
      planned: 4,
      reached: 3,
      isFinished: false,
      stopped: null,
      method: "grpo · dyco-rl",
      startedAt: "2026-01-01T00:00:00.000Z",
      config: { "train.iterations": "4", "algorithm.kind": '"grpo"' },
    });
    expect(await run.iterations()).toEqual([1, 2, 3]);
  });

  test("flattens every number of a record under its dotted key", async () => {
    const { events } = await new Run("made", madeRun()).metrics(0, ALL, 600);
    expect(events["iteration"]?.x).toEqual([1, 2, 3]);
    expect(events["iteration"]?.columns["reward"]?.mean).toEqual([0.1, 0.2, 0.3]);
    expect(events["iteration"]?.columns["roles.visual"]?.mean).toEqual([0.5, 0.5, 0.5]);
    expect(events["iteration"]?.columns["timing.totalSeconds"]?.mean).toEqual([3.5, 3.5, 3.5]);
  });

  test("makes buckets of many iterations, with mean and extremes", async () => {
    const run = new Run("made", madeRun({ iterations: 10, completions: [] }));
    const { events } = await run.metrics(0, ALL, 5);
    expect(events["iteration"]?.x).toEqual([2, 4, 6, 8, 10]);
    const { mean, low, high } = events["iteration"]?.columns["reward"] ?? {};
    expect(mean).toBeAllclose([0.15, 0.35, 0.55, 0.75, 0.95]);
    expect(low).toBeAllclose([0.1, 0.3, 0.5, 0.7, 0.9]);
    expect(high).toBeAllclose([0.2, 0.4, 0.6, 0.8, 1]);
  });

  test("gives the advantages of its own algorithm", async () => {
    const run = new Run("made", madeRun({ completions: [["a1", "b2", "c2"]] }));
    const page = await run.rollouts(1, 0);
    const expected = groupAdvantages([1.1, 0.1, 0.1]);
    expect(page.groups[0]?.completions.map(({ advantage }) => advantage ?? 0)).toBeAllclose(expected);
    const [first] = await run.group(1, page.groups[0]?.at ?? -1);
    expect(first).toMatchObject({
      completion: "a1",
      weights: [1, 2],
      roles: ["visual", "text"],
      iteration: 1,
    });
    expect(first?.advantage).toBeCloseTo(expected[0] ?? 0, 12);
  });

  test("an advantage that does not follow from rewards alone is unknown, not zero", async () => {
    const path = madeRun();
    writeFileSync(
      join(path, "config.json"),
      JSON.stringify({ version: 1, kind: "train", config: { algorithm: { kind: "of-tomorrow" } }, data: {} }),
    );
    const { groups } = await new Run("made", path).rollouts(1, 0);
    expect(groups[0]?.completions.map(({ advantage }) => advantage)).toEqual([null, null]);
  });

  test("reads on as metrics grow, and begins again when the file is replaced by a shorter one", async () => {
    const path = madeRun({ iterations: 2, completions: [] });
    const run = new Run("made", path);
    expect(await rewardsOf(run)).toEqual([0.1, 0.2]);
    appendFileSync(join(path, "metrics.jsonl"), `${metricsLine(3)}\n`);
    expect(await rewardsOf(run)).toEqual([0.1, 0.2, 0.3]);
    truncateSync(join(path, "metrics.jsonl"), metricsLine(1).length + 1);
    expect(await rewardsOf(run)).toEqual([0.1]);
  });
});

describe("a run that is not whole", () => {
  test("an empty directory is shown with what is missing", async () => {
    const summary = await new Run("made", temporaryDirectory()).summary();
    expect(summary.problem).toContain("config.json is not there");
    expect(summary.problem).toMatch(/\(yet\): .+config\.json$/);
  });

  test("a half-written config.json is said to be one", async () => {
    const path = madeRun();
    truncateSync(join(path, "config.json"), 40);
    expect((await new Run("made", path).summary()).problem).toContain("cut off");
  });

  test("a newer version is named with the one that is understood", async () => {
    const path = madeRun();
    writeFileSync(join(path, "config.json"), JSON.stringify({ version: 2, kind: "train", config: {} }));
    expect((await new Run("made", path).summary()).problem).toBe(
      "config.json: expected version 1, got 2; another version of Fovea wrote this run",
    );
  });

  test("without metrics and rollouts it has none", async () => {
    const path = madeRun();
    rmSync(join(path, "metrics.jsonl"));
    rmSync(join(path, "rollouts"), { recursive: true });
    const run = new Run("made", path);
    expect(await run.summary()).toMatchObject({ problem: null, reached: 0 });
    expect(await run.metrics(0, ALL, 10)).toEqual({
      run: "made",
      events: {},
      warnings: [],
      unreadable: 0,
      isCut: false,
    });
    expect(await run.iterations()).toEqual([]);
    await expect(run.rollouts(1, 0)).rejects.toThrow("rollouts/000001.jsonl is not there");
  });

  test("deleted while it is shown, it says so and does not fail", async () => {
    const path = madeRun();
    const run = new Run("made", path);
    await run.summary();
    rmSync(path, { recursive: true });
    expect(await run.progress()).toEqual({ reached: 0, metricsBytes: 0 });
    expect(await run.iterations()).toEqual([]);
    await expect(run.rollouts(1, 0)).rejects.toThrow("is not there");
  });

  test("a metrics line that is still being written waits for its end", async () => {
    const path = madeRun({ iterations: 1, completions: [] });
    const run = new Run("made", path);
    appendFileSync(join(path, "metrics.jsonl"), metricsLine(2).slice(0, 30));
    expect(await rewardsOf(run)).toEqual([0.1]);
    appendFileSync(join(path, "metrics.jsonl"), `${metricsLine(2).slice(30)}\n`);
    expect(await rewardsOf(run)).toEqual([0.1, 0.2]);
    expect((await run.metrics(0, ALL, 10)).unreadable).toBe(0);
  });

  test("a metrics line that was cut for good is counted and left out", async () => {
    const path = madeRun({ iterations: 1, completions: [] });
    appendFileSync(
      join(path, "metrics.jsonl"),
      `${metricsLine(2).slice(0, 30)}${metricsLine(3)}\n${metricsLine(4)}\n`,
    );
    const run = new Run("made", path);
    expect(await rewardsOf(run)).toEqual([0.1, 0.4]);
    expect((await run.metrics(0, ALL, 10)).unreadable).toBe(1);
  });

  test("rollout lines that are no completions are counted and left out", async () => {
    const path = madeRun({ iterations: 1, completions: [] });
    const lines = [
      "{",
      "[]",
      '{"problem":3}',
      rolloutLine(0, "a1"),
      '{"problem":"x","completion":"y","tokens":"no"}',
    ];
    writeFileSync(join(path, "rollouts", "000001.jsonl"), `${lines.join("\n")}\n`);
    const page = await new Run("made", path).rollouts(1, 0);
    expect(page.unreadable).toBe(3);
    expect(page.groups.map(({ completions }) => completions[0]?.text)).toEqual(["a1", "y"]);
  });

  test.each(["config.json", "metrics.jsonl", "rollouts/000001.jsonl"])(
    "a link out of the run in place of %s is not opened",
    async (name) => {
      const secret = join(temporaryDirectory(), "secret.jsonl");
      writeFileSync(secret, `${rolloutLine(0, "secret")}\n`);
      const path = madeRun({ iterations: 1 });
      rmSync(join(path, name));
      symlinkSync(secret, join(path, name));
      const run = new Run("made", path);
      const asked = name.startsWith("rollouts") ? run.rollouts(1, 0) : run.metrics(0, ALL, 10);
      if (name === "config.json")
        expect((await run.summary()).problem).toContain("leads out of the run directory");
      else await expect(asked).rejects.toThrow("leads out of the run directory");
      await asked.catch(() => undefined);
    },
  );

  test("a folder of rollouts that leads out of the run is not listed", async () => {
    const elsewhere = madeRun();
    const path = madeRun();
    rmSync(join(path, "rollouts"), { recursive: true });
    symlinkSync(join(elsewhere, "rollouts"), join(path, "rollouts"));
    await expect(new Run("made", path).iterations()).rejects.toThrow("leads out of the run directory");
  });
});

describe("the end of a run", () => {
  const end = (path: string, status: string) =>
    writeFileSync(join(path, "end.json"), JSON.stringify({ status, completed: 3 }));

  test("is as it recorded, with or without its final model", async () => {
    const path = madeRun();
    const run = new Run("made", path);
    expect(await run.summary()).toMatchObject({ isFinished: false, stopped: null });
    end(path, "finished");
    expect(await run.summary()).toMatchObject({ isFinished: true, stopped: null });
    mkdirSync(join(path, "model"));
    writeFileSync(join(path, "model", "config.json"), "{}");
    end(path, "interrupted");
    expect(await run.summary()).toMatchObject({ isFinished: false, stopped: { status: "interrupted" } });
  });

  test("is its final model where it recorded none", async () => {
    const path = madeRun();
    mkdirSync(join(path, "model"));
    writeFileSync(join(path, "model", "config.json"), "{}");
    expect((await new Run("made", path).summary()).isFinished).toBe(true);
  });

  test("weights of a checkpoint that was copied slowly are found", async () => {
    const path = madeRun();
    mkdirSync(join(path, "checkpoints", "000002"), { recursive: true });
    const run = new Run("made", path);
    expect(await run.weights()).toEqual([]);
    writeFileSync(join(path, "checkpoints", "000002", "config.json"), "{}");
    expect(await run.weights()).toEqual(["checkpoints/000002"]);
  });
});

test("another run at the same path is read from its start", async () => {
  const path = madeRun({ completions: [["a1", "b2"]] });
  const run = new Run("made", path);
  const query = { sort: "advantage", outcome: "", spread: "" };
  expect((await run.summary()).reached).toBe(3);
  expect((await run.ranking(query, 0)).total).toBe(6);
  madeRun({ path, iterations: 4, completions: [["a1", "b2", "c3"]], flags: ["train.seed=7"] });
  expect(await run.summary()).toMatchObject({ reached: 4, config: { "train.seed": "7" } });
  expect((await run.ranking(query, 0)).total).toBe(12);
});

describe("weights of a run", () => {
  test("an earlier end's model comes after the checkpoints of a run that was extended, which is not finished", async () => {
    const path = madeRun();
    const record = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
    writeFileSync(join(path, "config.json"), JSON.stringify({ ...record, steps: 8 }));
    for (const place of ["model", "checkpoints/000004", "checkpoints/000006"]) {
      mkdirSync(join(path, place), { recursive: true });
      writeFileSync(join(path, place, "config.json"), "{}");
    }
    const run = new Run("made", path);
    expect(await run.weights()).toEqual(["checkpoints/000006", "checkpoints/000004", "model"]);
    expect(await run.summary()).toMatchObject({ isFinished: false, weights: [...(await run.weights())] });
    writeFileSync(join(path, "end.json"), JSON.stringify({ status: "finished", completed: 8 }));
    expect((await run.weights())[0]).toBe("model");
    expect((await run.summary()).isFinished).toBe(true);
  });

  test("the final model first, then checkpoints from the newest, then the warm start", async () => {
    const path = madeRun();
    for (const name of [
      "model",
      "checkpoints/000002",
      "checkpoints/000004",
      "checkpoints/.unfinished-1",
      "warm-start/model",
    ]) {
      mkdirSync(join(path, name), { recursive: true });
      writeFileSync(join(path, name, "config.json"), "{}");
    }
    const run = new Run("made", path);
    expect(await run.weights()).toEqual([
      "model",
      "checkpoints/000004",
      "checkpoints/000002",
      "warm-start/model",
    ]);
    expect(await run.weightsPath("checkpoints/000002")).toMatch(/made\/checkpoints\/000002$/);
    await expect(run.weightsPath("../../etc")).rejects.toThrow("none of that name");
  });
});
