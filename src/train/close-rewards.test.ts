import { expect, test } from "vitest";
import { SMALL_ASSETS } from "../config/index.ts";
import { openDialogue } from "../eval/index.ts";
import type { Reward } from "../reward/index.ts";
import { digitsFakeEngine, steadyClock } from "../testing/tiny-run.ts";
import { OpenRewards } from "./close-rewards.ts";
import { type Observer, type RunEvent, train } from "./index.ts";

const closing = (name: string, close: () => void | Promise<void>): Reward => ({
  name,
  score: (answered) => answered.map(({ tokens }) => tokens.length % 2),
  close,
});

const run = async (rewards: readonly Reward[], more: Partial<Observer> = {}) => {
  const seen: (RunEvent | "finish" | "fail")[] = [];
  const observer: Observer = {
    name: "seen",
    event: (event) => void seen.push(event),
    finish: () => void seen.push("finish"),
    fail: () => void seen.push("fail"),
    ...more,
  };
  const result = await train({
    engine: digitsFakeEngine(),
    dialogue: openDialogue(SMALL_ASSETS),
    task: {
      name: "digits",
      train: {
        fingerprint: "digits",
        size: 4,
        problem: (index) => ({ id: `p${index}`, images: [], question: "?", answers: ["7"], columns: {} }),
      },
    },
    reward: rewards,
    sampling: { maxCompletionTokens: 2 },
    schedule: { iterations: 1, promptsPerIteration: 2, groupSize: 4, evaluateEvery: 0, checkpointEvery: 0 },
    observers: [observer],
    clock: steadyClock(),
  }).catch((error: unknown) => error);
  return { result, seen };
};

test("a reward that cannot be closed is a warning of a finished run, and the others are closed", async () => {
  const closed: string[] = [];
  const { result, seen } = await run([
    closing("a", () => {
      throw new Error("sock");
    }),
    closing("b", () => Promise.reject(new Error("no server"))),
    closing("c", () => void closed.push("c")),
  ]);
  expect(result).toMatchObject({ status: "finished" });
  expect(closed).toEqual(["c"]);
  expect(seen.filter((one) => typeof one === "object" && one.event === "warning")).toEqual([
    { event: "warning", message: 'reward "a": close: sock' },
    { event: "warning", message: 'reward "b": close: no server' },
  ]);
  expect(seen.at(-1)).toBe("finish");
});

test("a reward that cannot be closed does not hide the error that ended the run", async () => {
  const failing: Reward = {
    ...closing("a", () => {
      throw new Error("sock");
    }),
    score: () => {
      throw new Error("no column");
    },
  };
  const { result, seen } = await run([failing]);
  expect(String(result)).toContain("no column");
  expect(seen.at(-2)).toEqual({ event: "warning", message: 'reward "a": close: sock' });
  expect(seen.at(-1)).toBe("fail");
});

test("each reward is closed once, and given up after its time", async () => {
  let closes = 0;
  const warnings: string[] = [];
  const rewards = new OpenRewards(
    [closing("slow", () => new Promise(() => {})), closing("b", () => void closes++)],
    20,
  );
  await rewards.close((message) => void warnings.push(message));
  await rewards.close((message) => void warnings.push(message));
  expect(closes).toBe(1);
  expect(warnings).toEqual(['reward "slow": close: did not end within 0.02 s']);
});
