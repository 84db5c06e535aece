import { expect, test } from "vitest";
import { digitsFakeEngine } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import type { Group } from "../batch/group.ts";
import { rolloutLines } from "./rollout-lines.ts";

test("a video has as many pictures as patches of time for the model: two frames each, or one", () => {
  const { training } = tinyTraining(digitsFakeEngine());
  const image = { width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) };
  const videos = [{ frames: Array.from({ length: 5 }, () => image), fps: 2 }];
  const about = { id: "1", question: "?", answers: ["7"], kind: "all", columns: {} };
  const completion = {
    tokens: Int32Array.of(),
    logprobs: Float64Array.of(),
    entropy: Float64Array.of(),
    stopReason: "stop" as const,
  };
  const reward = { value: 1, parts: {}, judgement: { score: 1, extracted: "7", reason: "" } };
  const group: Group = {
    index: 0,
    problem: { ...about, images: [image], videos },
    prompt: { chunks: [] },
    rollouts: [{ completion, text: "7", reward }],
  };
  const sight = training.dialogue.sight!;
  const lines = (framesPerPatch: number) => {
    const dialogue = {
      ...training.dialogue,
      sight: { ...sight, vision: { ...sight.vision, framesPerPatch } },
    };
    return rolloutLines({ ...training, dialogue }, { groups: [group], used: [], version: 0 }, 0);
  };
  expect(lines(2)).toMatchObject([{ pictures: 4 }]);
  expect(lines(1)).toMatchObject([{ pictures: 6 }]);
});
