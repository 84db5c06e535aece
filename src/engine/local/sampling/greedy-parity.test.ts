import { afterAll, describe, expect, test } from "vitest";
import {
  CHECKPOINTS,
  checkpointDirectory,
  digest,
  digestError,
  register,
} from "../../../testing/model-fixtures.ts";
import { recordedGenerations, recordedVisionPrompt } from "../../../testing/vision-fixtures.ts";
import { LocalModel } from "../local-model.ts";

const { greedy, longVideos } = recordedGenerations();
const all = [...greedy, ...longVideos];

test("thirty prompts: one image, several images, videos; and videos longer than they are wide", () => {
  const count = (name: string) => all.filter((recorded) => recorded.name === name).length;
  expect(["one image", "several images", "video", "long video"].map(count)).toEqual([10, 10, 10, 4]);
});

describe.each(CHECKPOINTS)("greedy generation on %s", (name) => {
  const model = new LocalModel({ model: checkpointDirectory(name) });
  afterAll(() => model.close());
  const recorded = all.filter(({ checkpoint }) => checkpoint === name);
  const prompts = recorded.map((each) => register(model, recordedVisionPrompt(each)));

  test("equals transformers' for 64 tokens, for prompts of every kind", async () => {
    const groups = await model.sample({
      prompts,
      groupSize: 1,
      maxCompletionTokens: 64,
      temperature: 0,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 1,
    });
    for (const [i, { name: kind, completion, logprobs }] of recorded.entries()) {
      const [found] = groups[i]!;
      expect([...found!.tokens], `${kind} ${i}`).toEqual(completion);
      expect(found!.logprobs).toBeAllclose(logprobs, { rtol: 0, atol: 1e-4 });
    }
  });

  test("is scored with transformers' log-probs", async () => {
    const sequences = recorded.map(({ completion }, i) => ({
      prompt: prompts[i]!,
      completion: Int32Array.from(completion),
    }));
    const scores = await model.score(sequences);
    for (const [i, { logprobs }] of recorded.entries()) {
      expect(scores[i]!.logprobs).toBeAllclose(logprobs, { rtol: 0, atol: 1e-4 });
    }
  });

  const withGradients = recorded.flatMap(({ gradients, completion, name: kind }, i) =>
    gradients === undefined ? [] : [{ gradients, completion, kind, prompt: prompts[i]! }],
  );

  test.each(withGradients)("has transformers' gradient of every parameter behind a $kind", async (each) => {
    const { gradients, completion, prompt } = each;
    const coefficients = Float64Array.from(completion, (_, t) => ((7 * t) % 5) - 2);
    await model.accumulate([{ prompt, completion: Int32Array.from(completion) }], [coefficients]);
    const found = model.gradients();
    expect([...found.keys()]).toEqual(expect.arrayContaining(Object.keys(gradients)));
    for (const [parameter, expected] of Object.entries(gradients)) {
      const error = digestError(digest(found.get(parameter)!.data), expected);
      expect(error < 1e-3, `${parameter}: ${error}`).toBe(true);
    }
    model.step({ learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxGradientNorm: 0 });
  });
});
