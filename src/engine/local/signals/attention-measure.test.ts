import { describe, expect, test } from "vitest";
import { attentionSignals as pureSignals } from "../../../credit/index.ts";
import {
  CASES,
  CHECKPOINTS,
  checkpointDirectory,
  type RecordedSequence,
  recordedCase,
  recordedPrompt,
  register,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import type { AttentionRow } from "../../engine.ts";
import { LocalModel } from "../local-model.ts";

const MEASURES = ["sharpness", "divergence"] as const;

/** The reference's measure of transformers' rows. */
function expected(sequence: RecordedSequence, row: AttentionRow, measure: (typeof MEASURES)[number]) {
  const { completion, attention, kind } = sequence;
  const offset = row === "own" ? 1 : 0;
  const rows = completion.flatMap((_, t) => {
    const recorded = attention[t + offset]!;
    return [...recorded, ...new Array<number>(kind.length - recorded.length).fill(0)];
  });
  const shape = { tokens: completion.length, keys: kind.length };
  return pureSignals(rows, shape, kind, attention[0]!.length - 1 + offset, { measure })[measure]!;
}

describe.each(CHECKPOINTS)("sharpness and divergence of %s computed in the graph", (name) => {
  test.each(
    CASES.flatMap((caseName) => (["own", "predicting"] as const).map((row) => [caseName, row] as const)),
  )("equal the reference on transformers' rows: %s, %s rows", async (caseName, row) => {
    const model = new LocalModel({ model: checkpointDirectory(name), threads: 1 });
    const recorded = recordedCase(name, caseName);
    const registered = registerCase(model, recorded);
    const plain = await model.score(registered, { signals: { attention: { row } } });
    for (const measure of MEASURES) {
      const scores = await model.score(registered, { signals: { attention: { row, measure } } });
      for (const [i, sequence] of recorded.sequences.entries()) {
        const { [measure]: found, ...others } = scores[i]!.signals!.attention!;
        const { visual, text } = expected(sequence, row, measure);
        expect(found!.visual).toBeAllclose(visual, { rtol: 0, atol: 1e-4 });
        expect(found!.text).toBeAllclose(text, { rtol: 0, atol: 1e-4 });
        expect(found!.text.some((value) => value > 0)).toBe(true);
        const { visualMass, textMass, visualShift, textShift } = plain[i]!.signals!.attention!;
        expect(others).toEqual({ visualMass, textMass, visualShift, textShift });
      }
    }
    await model.close();
  });
});

test("sampling leaves a measure to scoring, and an empty completion has none of its numbers", async () => {
  const [name] = CHECKPOINTS;
  const model = new LocalModel({ model: checkpointDirectory(name!), threads: 1 });
  const prompt = register(model, recordedPrompt(recordedCase(name!, CASES[0]!).sequences[0]!));
  const signals = { attention: { row: "own", measure: "sharpness" } } as const;
  const [[completion] = []] = await model.sample({
    prompts: [prompt],
    groupSize: 1,
    maxCompletionTokens: 2,
    temperature: 1,
    topP: 1,
    topK: 0,
    stopTokens: [],
    seed: 1,
    signals,
  });
  expect(completion!.signals).toBeUndefined();
  const [score] = await model.score([{ prompt, completion: new Int32Array() }], { signals });
  expect(score!.signals!.attention!.sharpness).toEqual({
    visual: new Float64Array(),
    text: new Float64Array(),
  });
  await model.close();
});
