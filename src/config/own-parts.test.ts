import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { nearness, rising, squares } from "../../examples/own-parts/shapes.ts";
import { answerFormats, openDialogue } from "../eval/index.ts";
import { createReward, rewardEntrySchema } from "../reward/index.ts";
import { DIGITS_ENGINE, digitsFakeEngine, freshPath, steadyClock } from "../testing/tiny-run.ts";
import { runDirectory, train } from "../train/index.ts";
import { answerVerdict } from "../verify/index.ts";
import { startViewer } from "../view/index.ts";
import type { Listed, MetricsReply, RunSummary } from "../view/protocol.ts";
import { type Config, readConfigFile, resolveConfig, runTraining, SMALL_ASSETS } from "./index.ts";

const FOLDER = fileURLToPath(new URL("../../examples/own-parts/", import.meta.url));
const YAML = join(FOLDER, "run.yaml");
const CHILD = fileURLToPath(new URL("../testing/own-parts-child.mjs", import.meta.url));
const BUILT = fileURLToPath(new URL("../../dist/config/index.js", import.meta.url));

const configuration = async (): Promise<Config> => resolveConfig({ file: await readConfigFile(YAML) });

async function runOf(config: Config, resume = false, path = freshPath()): Promise<string> {
  await runTraining({
    config,
    runDirectory: path,
    resume,
    openEngine: async () => digitsFakeEngine(),
    clock: steadyClock(),
  });
  return path;
}

const lines = (path: string): Record<string, unknown>[] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** All that a run leaves behind, except for its description and the clock. */
function left(path: string) {
  const metrics = lines(join(path, "metrics.jsonl")).map(({ timing: _timing, ...record }) => record);
  const rollouts = readdirSync(join(path, "rollouts")).map((name) => lines(join(path, "rollouts", name)));
  const weights = createHash("sha256").update(readFileSync(join(path, "model", "fake-policy.bin")));
  return { metrics, rollouts, weights: weights.digest("hex") };
}

let whole: string;

beforeAll(async () => {
  whole = await runOf(await configuration());
});

test("the file of parts has 40 lines at most", () => {
  const text = readFileSync(join(FOLDER, "shapes.ts"), "utf8");
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
});

test("it learns: the mean reward rises", () => {
  const rewards = lines(join(whole, "metrics.jsonl")).map(({ reward }) => Number(reward));
  expect(rewards).toHaveLength(8);
  expect(rewards.at(-1)).toBeGreaterThan((rewards[0] ?? 1) + 0.1);
});

test("through code the same parts give the same metrics, rollouts and weights", async () => {
  const { sampling, train: trainSettings } = await configuration();
  const { seed, ...schedule } = trainSettings;
  const { maxCompletionTokens } = sampling;
  const context = { verdict: answerVerdict(), maxCompletionTokens };
  const near = nearness.create({ tolerance: 2 }, context);
  if (typeof near !== "function") throw new Error("expected a function");
  const path = freshPath();
  const result = await train({
    engine: digitsFakeEngine(),
    dialogue: openDialogue(SMALL_ASSETS, answerFormats.plain),
    task: await squares.create({ least: 7, most: 9 }, { seed, evaluationSeed: 1 }),
    reward: [
      { name: "nearness", weight: 0.9, score: near },
      createReward(rewardEntrySchema.parse({ kind: "format", weight: 0.1 }), context),
    ],
    credit: rising.create({}, undefined),
    sampling,
    schedule,
    seed,
    observers: [runDirectory(path)],
    clock: steadyClock(),
  });
  expect(result.status).toBe("finished");
  expect(left(path)).toEqual(left(whole));
});

test("the reward as a Python command gives the same rewards, and so the same run", async () => {
  const python = spawnSync("python3", ["--version"]);
  if (python.error !== undefined) throw new Error("python3: expected on this machine, since CI has it");
  const config = await configuration();
  const reward = config.reward.map((entry) =>
    entry.kind === "module"
      ? {
          kind: "command" as const,
          command: ["python3", "reward.py", "2"],
          cwd: FOLDER,
          name: "nearness",
          weight: entry.weight,
          timeoutSeconds: 60,
        }
      : entry,
  );
  expect(left(await runOf({ ...config, reward }))).toEqual(left(whole));
});

/** Starts a run in another process and kills it once it has written so many iterations. */
async function killedAfter(iterations: number): Promise<string> {
  if (!existsSync(BUILT)) throw new Error("the package has not been built: run npx tsc -b");
  const path = freshPath();
  const child = spawn(process.execPath, [CHILD, YAML, path, "60", JSON.stringify(DIGITS_ENGINE)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (part: Buffer) => {
    said += part.toString();
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on("exit", (_code, signal) => resolve(signal));
  });
  const metrics = join(path, "metrics.jsonl");
  const written = () => (existsSync(metrics) ? readFileSync(metrics, "utf8").split("\n").length - 1 : 0);
  while (written() < iterations && child.exitCode === null) await setTimeout(2);
  child.kill("SIGKILL");
  expect(await ended, said).toBe("SIGKILL");
  return path;
}

describe("a run that was killed", () => {
  test.each([1, 3, 6])(
    "after iteration %d is bitwise identical when it has been resumed",
    async (iterations) => {
      const path = await killedAfter(iterations);
      expect(existsSync(join(path, "model"))).toBe(false);
      await runOf(await configuration(), true, path);
      expect(left(path)).toEqual(left(whole));
    },
  );
});

test("it opens in the viewer, with its metrics and rollouts", async () => {
  const viewer = await startViewer({ runs: [whole] });
  try {
    const get = async <T>(path: string) =>
      (await (await fetch(`http://127.0.0.1:${viewer.port}/api/runs${path}`)).json()) as T;
    const [run] = (await get<Listed<RunSummary>>("")).items;
    expect(run).toMatchObject({ reached: 8, planned: 8, config: { "data.export": '"squares"' } });
    const { events } = await get<MetricsReply>(`/${run?.id}/metrics`);
    expect(events["iteration"]?.x).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(Object.keys(events["iteration"]?.columns ?? {})).toContain("rewardParts.nearness");
    const rollouts = JSON.stringify(await get(`/${run?.id}/rollouts/8`));
    expect(rollouts).toContain("How many squares are there? Answer with a number.");
  } finally {
    await viewer.close();
  }
});
