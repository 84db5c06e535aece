import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { freshSmallModel, type RunOptions, runTraining } from "../config/index.ts";
import { createTinkerEngine, type Engine } from "../engine/index.ts";
import type { Fetch } from "../engine/tinker/tinker-options.ts";
import { EngineError } from "../errors/index.ts";
import { stopAfter } from "../testing/stop-after.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { TinkerWorld } from "../testing/tinker-fixtures.ts";
import { digitsFakeEngine, freshPath, tinyConfig } from "../testing/tiny-run.ts";
import type { RunEvent } from "../train/index.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const clock = { now: () => performance.now(), sleep: () => new Promise<void>((done) => setImmediate(done)) };
const FLAGS = ["train.checkpointEvery=1", "train.minibatches=2", "algorithm.klCoefficient=0.1"];

/** Lines of metrics.jsonl without times and without what only a server's trainer can be compared with. */
function metricsOf(directory: string): unknown[] {
  const lines = readFileSync(join(directory, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(record).filter(([name]) => name !== "timing" && !name.startsWith("sampler")),
    );
  });
}

async function run(url: string | undefined, options: Partial<RunOptions> = {}, ...flags: readonly string[]) {
  const runDirectory = options.runDirectory ?? freshPath();
  await runTraining({
    config: tinyConfig(...FLAGS, ...flags),
    runDirectory,
    openEngine: async (): Promise<Engine> =>
      url === undefined ? digitsFakeEngine() : createTinkerEngine({ url, model: freshSmallModel(0), clock }),
    ...options,
  });
  return runDirectory;
}

describe("a run on a server", () => {
  test("killed on the client's side continues from the server's checkpoint, as a run that was never stopped", async () => {
    const straight = metricsOf(await run(undefined));
    const { url } = await world.server({ engine: digitsFakeEngine });
    const runDirectory = await run(url, stopAfter(2));
    expect(metricsOf(runDirectory)).toEqual(straight.slice(0, 2));
    await run(url, { runDirectory, resume: true });
    expect(metricsOf(runDirectory)).toEqual(straight);
  });

  test("whose session is lost goes back to the last checkpoint and ends as one that never was", async () => {
    const straight = metricsOf(await run(undefined));
    const state = temporaryDirectory();
    const first = await world.server({ engine: digitsFakeEngine, state, maxModels: 9 });
    const events: RunEvent[] = [];
    const runDirectory = freshPath();
    let lost = 0;
    await runTraining({
      config: tinyConfig(...FLAGS),
      runDirectory,
      onEvent: (event) => events.push(event),
      openEngine: async () => {
        // The answer to one call in the third iteration is that the session is unknown.
        const forget: Fetch = async (address, options) => {
          const isStep =
            address.endsWith("optim_step") && existsSync(join(runDirectory, "checkpoints/000002"));
          if (!isStep || lost > 0) return fetch(address, options);
          lost += 1;
          return Response.json({ error: "no session", code: "unknown-session" }, { status: 404 });
        };
        return createTinkerEngine({ url: first.url, model: freshSmallModel(0), clock, fetch: forget });
      },
    });
    expect(lost).toBe(1);
    expect(events.filter(({ event }) => event === "session-lost")).toEqual([
      {
        event: "session-lost",
        completed: 2,
        message: expect.stringMatching(/^optim_step \d+: .* no session$/),
      },
    ]);
    expect(metricsOf(runDirectory)).toEqual(straight);
  });

  test("whose model's engine breaks goes back to the last checkpoint in a new model", async () => {
    const straight = metricsOf(await run(undefined));
    const runDirectory = freshPath();
    let broken = 0;
    const breaking = (): Engine => {
      const engine = digitsFakeEngine();
      let fault: EngineError | undefined;
      const step: Engine["step"] = async (adam) => {
        if (broken === 0 && existsSync(join(runDirectory, "checkpoints/000002"))) {
          broken += 1;
          fault = new EngineError("local engine: its thread ended with code 1", { hasEnded: true });
        }
        if (fault !== undefined) throw fault;
        return engine.step(adam);
      };
      return { ...engine, step };
    };
    const { url } = await world.server({ engine: breaking, maxModels: 1 });
    const events: RunEvent[] = [];
    await run(url, { runDirectory, onEvent: (event) => events.push(event) });
    expect(events.filter(({ event }) => event === "session-lost")).toMatchObject([
      { completed: 2, message: expect.stringContaining("is lost, since its engine broke: local engine") },
    ]);
    expect(metricsOf(runDirectory)).toEqual(straight);
  });

  test("also continues where other requests fail only after it went back, and where it is lost again in going back", async () => {
    const straight = metricsOf(await run(undefined));
    const { url } = await world.server({ engine: digitsFakeEngine, maxModels: 9 });
    const runDirectory = freshPath();
    const gone = () => Response.json({ error: "no session", code: "unknown-session" }, { status: 404 });
    const moment = () => {
      let come = () => {};
      const reached = new Promise<void>((done) => {
        come = done;
      });
      return { reached, come };
    };
    const [second, begun] = [moment(), moment()];
    const seen: string[] = [];
    // Samples of the third iteration fail, all except one when the next session makes its model; that session is lost
    // as well.
    const forget: Fetch = async (address, options) => {
      const call = address.split("/").at(-1)!;
      if (!existsSync(join(runDirectory, "checkpoints/000002"))) return fetch(address, options);
      const isFirst = !seen.includes("create_session");
      seen.push(call);
      if (call === "create_model") {
        begun.come();
        await new Promise<void>((done) => setTimeout(done, 20));
      }
      if (call === "asample" && isFirst) {
        const samples = seen.filter((own) => own === call).length;
        if (samples > 1) second.come();
        await (samples > 1 ? begun : second).reached;
        return gone();
      }
      if (call !== "load_weights" || seen.filter((own) => own === call).length > 1) {
        return fetch(address, options);
      }
      return gone();
    };
    const events: RunEvent[] = [];
    await run(url, {
      runDirectory,
      onEvent: (event) => events.push(event),
      openEngine: () => createTinkerEngine({ url, model: freshSmallModel(0), clock, fetch: forget }),
    });
    const before = seen.slice(0, seen.indexOf("create_session"));
    expect(before.filter((call) => call === "asample").length).toBeGreaterThan(1);
    expect(events.filter(({ event }) => event === "session-lost")).toMatchObject([
      { completed: 2, message: expect.stringMatching(/^asample/) },
      { completed: 2, message: expect.stringMatching(/^load_weights/) },
    ]);
    expect(metricsOf(runDirectory)).toEqual(straight);
  });

  test.each([1, 2])(
    "that samples %i ahead has the metrics of one in process, when stopped and when its session is lost too",
    async (staleness) => {
      const ahead = [`train.maxStaleness=${staleness}`, "credit=uniform"];
      const straight = metricsOf(await run(undefined, {}, ...ahead));
      const { url } = await world.server({ engine: digitsFakeEngine, maxModels: 9 });
      expect(metricsOf(await run(url, {}, ...ahead))).toEqual(straight);

      const stopped = await run(url, stopAfter(2), ...ahead);
      expect(existsSync(join(stopped, "checkpoints/000002/ahead.jsonl"))).toBe(true);
      await run(url, { runDirectory: stopped, resume: true }, ...ahead);
      expect(metricsOf(stopped)).toEqual(straight);

      const runDirectory = freshPath();
      let isLost = false;
      // A sample of a later batch finds the session gone.
      const forget: Fetch = async (address, options) => {
        const isTurn = address.endsWith("asample") && existsSync(join(runDirectory, "checkpoints/000001"));
        if (!isTurn || isLost) return fetch(address, options);
        isLost = true;
        return Response.json({ error: "no session", code: "unknown-session" }, { status: 404 });
      };
      const openEngine = () => createTinkerEngine({ url, model: freshSmallModel(0), clock, fetch: forget });
      await run(url, { runDirectory, openEngine }, ...ahead);
      expect(isLost).toBe(true);
      expect(metricsOf(runDirectory)).toEqual(straight);
    },
  );

  test("measures sampler against trainer with batches ahead too", async () => {
    const { url } = await world.server({ engine: digitsFakeEngine });
    const directory = await run(url, {}, "train.maxStaleness=1", "credit=uniform", "train.minibatches=1");
    const records = readFileSync(join(directory, "metrics.jsonl"), "utf8").trim().split("\n");
    const mismatches = records.map(
      (line) => (JSON.parse(line) as { samplerMismatch: number }).samplerMismatch,
    );
    expect(mismatches[0]).toBeLessThan(1e-9);
    for (const mismatch of mismatches.slice(1)) expect(mismatch).toBeGreaterThan(1e-4);
  });

  test("ends where a session is lost before the first checkpoint, and says why", async () => {
    const { url } = await world.server({ engine: digitsFakeEngine });
    const forget: Fetch = async (address, options) =>
      address.endsWith("optim_step")
        ? Response.json({ error: "no session" }, { status: 404 })
        : fetch(address, options);
    const openEngine = () => createTinkerEngine({ url, model: freshSmallModel(0), clock, fetch: forget });
    await expect(run(url, { openEngine })).rejects.toThrow(
      /optim_step \d+: .* no session; there is no checkpoint to restore/,
    );
  });
});

describe("a server that speaks the plain protocol only", () => {
  test("trains with a reference that is sampled from and images that are changed on this side", async () => {
    const flags = ["credit=vicra", "train.iterations=2"];
    const straight = metricsOf(await run(undefined, {}, ...flags)) as Record<string, number>[];
    const { url } = await world.server({ engine: digitsFakeEngine, isExtended: false });
    const there = metricsOf(await run(url, {}, ...flags)) as Record<string, number>[];
    // Requests have seeds of their own there, so that the samples are others; what is measured is the same.
    expect(there.map((record) => Object.keys(record).sort())).toEqual(
      straight.map((record) => Object.keys(record).sort()),
    );
    expect(there[1]!["kl"]).toBeGreaterThan(0);
  });

  test("refuses a method that needs attention before the first step, naming both", async () => {
    const { url } = await world.server({ isExtended: false });
    const runDirectory = freshPath();
    await expect(run(url, { runDirectory }, "credit=dyco-rl")).rejects.toThrow(
      'credit.kind "dyco-rl" needs the engine capability "attention"; this engine has: image-ablation, overlap, reference',
    );
    expect(existsSync(runDirectory)).toBe(false);
  });
});
