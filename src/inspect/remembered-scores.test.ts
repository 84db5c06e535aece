import { expect, test } from "vitest";
import type { Score, ScoreRequest, Scorer } from "../engine/index.ts";
import { rememberedScores } from "./remembered-scores.ts";

/** Counts passes, and answers each with its number. */
function countingScorer() {
  const passes: ScoreRequest[] = [];
  const scorer: Scorer = {
    score(sequences, request = {}) {
      passes.push(request);
      return Promise.resolve(sequences.map((): Score => ({ logprobs: Float64Array.of(passes.length) })));
    },
  };
  return { passes, scorer };
}

const prompt = { chunks: [{ kind: "text", tokens: [1, 2] }] } as const;
const sequence = (...tokens: number[]) => [{ prompt, completion: Int32Array.from(tokens) }];
const attention = { row: "own" } as const;
const calibrated = { row: "own", layers: 4, biasCorrection: true } as const;

const whole: ScoreRequest = { temperature: 1, entropy: true, signals: { attention, calibrated } };

test.each<[string, ScoreRequest]>([
  ["the same", { ...whole }],
  ["less", { temperature: 1 }],
  ["one of its signals", { temperature: 1, signals: { attention: { row: "own" } } }],
])("a request for %s is answered from the pass before", async (_, request) => {
  const { passes, scorer } = countingScorer();
  const remembered = rememberedScores(scorer);
  const first = await remembered.score(sequence(3, 4), whole);
  expect(await remembered.score(sequence(3, 4), request)).toBe(first);
  expect(passes).toHaveLength(1);
});

test.each<[string, ScoreRequest]>([
  ["another temperature", { ...whole, temperature: 0.5 }],
  ["another row", { temperature: 1, signals: { attention: { row: "predicting" } } }],
  ["other layers", { temperature: 1, signals: { calibrated: { ...calibrated, layers: 2 } } }],
  ["a signal that was not asked for", { temperature: 1, signals: { imageRows: { row: "own" } } }],
  ["another image", { ...whole, image: { kind: "discard" } }],
  ["a divergence", { ...whole, divergenceFrom: { kind: "discard" } }],
  ["the reference", { ...whole, weights: "reference" }],
])("a request for %s is a pass of its own", async (_, request) => {
  const { passes, scorer } = countingScorer();
  const remembered = rememberedScores(scorer);
  await remembered.score(sequence(3, 4), whole);
  const [score] = await remembered.score(sequence(3, 4), request);
  expect(score!.logprobs[0]).toBe(2);
  expect(passes).toHaveLength(2);
});

test("other tokens and other prompts are passes of their own", async () => {
  const { passes, scorer } = countingScorer();
  const remembered = rememberedScores(scorer);
  await remembered.score(sequence(3, 4));
  await remembered.score(sequence(3, 5));
  await remembered.score([...sequence(3, 4), ...sequence(3, 4)]);
  await remembered.score([{ prompt: { ...prompt }, completion: Int32Array.of(3, 4) }]);
  expect(passes).toHaveLength(4);
});
