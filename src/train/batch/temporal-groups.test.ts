import { appendFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Engine, Prompt, SampleRequest } from "../../engine/index.ts";
import { Rng } from "../../math/index.ts";
import { digitsFakeEngine, steadyClock } from "../../testing/tiny-run.ts";
import { tinyFileTraining } from "../../testing/tiny-training.ts";
import { writeFrames, writeVideoJsonl } from "../../testing/video-files.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import type { Group } from "./group.ts";
import { sampleGroups } from "./sample-groups.ts";

/** Five problems with videos of two to five frames, one about a single frame, and one without anything to see. */
let data: string;
beforeAll(async () => {
  data = await writeVideoJsonl(5);
  await writeFrames(join(dirname(data), "still"), 1);
  const rows = [
    { id: "still", video: "still", problem: "<video>How many?", answer: "7" },
    { id: "words", problem: "How many are eight?", answer: "8" },
  ];
  appendFileSync(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});

/** Samples on the fake engine, and writes down what it was asked. */
async function sampledOn(path: string, ...flags: string[]) {
  const requests: SampleRequest[] = [];
  const inner = digitsFakeEngine();
  const engine: Engine = {
    ...inner,
    sample: (request) => {
      requests.push(request);
      return inner.sample(request);
    },
  };
  const { training, progress } = await tinyFileTraining(
    engine,
    path,
    "train.promptsPerIteration=7",
    ...flags,
  );
  const watch = new Stopwatch(steadyClock());
  const { groups } = await sampleGroups(training, progress, training.credit.needs, watch);
  return { groups, requests, training };
}

const sampledWith = (...flags: string[]) => sampledOn(data, ...flags);

const framesOf = (prompt: Prompt | undefined) =>
  prompt?.chunks.flatMap((chunk) =>
    chunk.kind === "video" ? [chunk.video.frames.map(({ data: pixels }) => pixels[0]!)] : [],
  ) ?? [];
const ids = (groups: readonly Group[]) => groups.map(({ problem }) => problem.id);

/** The reward list with the temporal reward and its options. */
const temporal = (options = "") =>
  `reward=[accuracy, {kind: format, weight: 0.1}, {kind: temporal${options === "" ? "" : `, ${options}`}}]`;

describe("groups against shuffled frames", () => {
  test("are sampled once more, half as large, for problems whose frames have an order, without signals", async () => {
    const { groups, requests } = await sampledWith(temporal(), "credit=dyco-rl");
    const [first, second, ...more] = requests;
    expect(more).toEqual([]);
    expect([first?.groupSize, second?.groupSize]).toEqual([8, 4]);
    expect(first).toHaveProperty("signals");
    expect(second).not.toHaveProperty("signals");
    expect(second?.seed).not.toBe(first?.seed);
    const videos = groups.filter(({ problem }) => problem.id.startsWith("v"));
    expect(videos).toHaveLength(5);
    expect(second?.prompts).toHaveLength(5);
    for (const [i, { prompt }] of videos.entries()) {
      const [own, shuffled] = [framesOf(prompt)[0]!, framesOf(second?.prompts[i])[0]!];
      expect(shuffled).not.toEqual(own);
      expect(shuffled.toSorted((a, b) => a - b)).toEqual(own);
    }
    const compared = groups.filter(({ temporal }) => temporal !== undefined);
    expect(compared).toEqual(videos);
    for (const { temporal } of compared) {
      expect([temporal?.ordered.judged, temporal?.shuffled.judged]).toEqual([8, 4]);
      expect(temporal?.shuffledTokens).toBeGreaterThanOrEqual(4);
    }
  });

  test("give right completions their reward where order helps, and leave everything else as it was", async () => {
    const plain = await sampledWith("train.groupSize=16");
    const shown = await sampledWith("train.groupSize=16", temporal());
    const { dialogue, verdict } = shown.training;
    const shuffled = await digitsFakeEngine().sample(shown.requests[1]!);
    expect(shuffled).toHaveLength(5);
    expect(ids(shown.groups)).toEqual(ids(plain.groups));
    const outcomes = new Set<boolean>();
    for (const [p, group] of shown.groups.entries()) {
      const before = plain.groups[p]!;
      expect(group.rollouts.map(({ completion }) => completion)).toEqual(
        before.rollouts.map(({ completion }) => completion),
      );
      if (!group.problem.id.startsWith("v")) {
        expect(group).toEqual(before);
        continue;
      }
      const { ordered, shuffled: other, isRewarded } = group.temporal!;
      const helps = ordered.right / ordered.judged >= other.right / other.judged;
      outcomes.add(helps);
      const again = await Promise.all(
        shuffled.shift()!.map(async ({ tokens }) => verdict.judge(dialogue.text(tokens), group.problem)),
      );
      expect(other.right).toBe(again.filter(({ score }) => score === 1).length);
      expect(isRewarded).toBe(helps && ordered.right > 0);
      for (const [i, { reward }] of group.rollouts.entries()) {
        const was = before.rollouts[i]!.reward!;
        const earns = helps && was.parts["accuracy"] === 1;
        expect(reward?.value).toBeCloseTo(was.value! + (earns ? 0.3 : 0), 12);
        expect(reward?.parts).toEqual({ ...was.parts, temporal: earns ? 1 : 0 });
      }
    }
    expect(outcomes).toEqual(new Set([true, false]));
  });

  test("have the size, the weight and the factor that they are given", async () => {
    const { groups, requests } = await sampledWith(temporal("shuffledGroupSize: 3, weight: 2, factor: 0"));
    expect(requests[1]?.groupSize).toBe(3);
    const rewards = groups.flatMap(({ temporal, rollouts }) => (temporal ? rollouts : []));
    for (const { reward } of rewards) {
      const { accuracy, temporal } = reward!.parts;
      expect(temporal).toBe(accuracy);
      if (accuracy === 1) expect(reward?.value).toBeGreaterThanOrEqual(3);
    }
    expect(rewards.some(({ reward }) => reward?.parts["temporal"] === 1)).toBe(true);
  });

  test("show a problem's frames in the same order in any batch, in another with another seed", async () => {
    const ordersOf = async (...flags: string[]) => {
      const { groups, requests } = await sampledWith(temporal(), ...flags);
      const videos = groups.filter(({ temporal }) => temporal !== undefined);
      return new Map(videos.map(({ problem }, i) => [problem.id, framesOf(requests[1]?.prompts[i])]));
    };
    const whole = await ordersOf();
    const part = await ordersOf("train.promptsPerIteration=4");
    expect(part.size).toBeGreaterThan(1);
    for (const [id, frames] of part) expect(frames).toEqual(whole.get(id));
    const other = await ordersOf("train.seed=1");
    expect([...other].filter(([id, frames]) => String(whole.get(id)) !== String(frames))).not.toEqual([]);
  });

  test("are not sampled where nothing has an order, nor unless they are asked for", async () => {
    const stills = join(dirname(data), "stills.jsonl");
    const row = { id: "still", video: "still", problem: "<video>How many?", answer: "7" };
    appendFileSync(stills, `${JSON.stringify(row)}\n`);
    const { groups, requests } = await sampledOn(stills, temporal());
    expect(requests).toHaveLength(1);
    expect(groups.some(({ temporal }) => temporal !== undefined)).toBe(false);
    expect((await sampledWith()).requests).toHaveLength(1);
  });

  test("use the generator of the run once more for each round, with any content", async () => {
    const words = async (...flags: string[]) => {
      const engine = digitsFakeEngine();
      const { training, progress } = await tinyFileTraining(engine, data, ...flags);
      await sampleGroups(training, progress, {}, new Stopwatch(steadyClock()));
      return progress.rng.state();
    };
    const afterDraws = (draws: number) => {
      const rng = new Rng(1);
      for (let i = 0; i < draws; i++) rng.word();
      return rng.state();
    };
    expect(await words()).toEqual(afterDraws(1));
    expect(await words(temporal())).toEqual(afterDraws(2));
  });
});
