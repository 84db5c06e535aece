import { describe, expect, test } from "vitest";
import {
  CASES,
  CHECKPOINTS,
  checkpointDirectory,
  recordedCase,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";

describe.each(CHECKPOINTS)("attention on image tokens, %s", (name) => {
  test.each(CASES)("is transformers', own and predicting rows, %s", async (caseName) => {
    const model = new LocalModel({ model: checkpointDirectory(name), threads: 1 });
    const recorded = recordedCase(name, caseName);
    const sequences = registerCase(model, recorded);
    for (const [row, shift] of [
      ["own", 1],
      ["predicting", 0],
    ] as const) {
      const scores = await model.score(sequences, { signals: { imageRows: { row }, attention: { row } } });
      for (const [i, { attention, kind, completion }] of recorded.sequences.entries()) {
        const signals = scores[i]?.signals;
        const expected = completion.flatMap((_, t) =>
          attention[t + shift]!.filter((_share, key) => kind[key] === 2),
        );
        expect(signals?.imageRows).toBeAllclose(expected, { rtol: 0, atol: 1e-5 });
        const patches = expected.length / completion.length;
        const sums = completion.map((_, t) =>
          signals?.imageRows?.subarray(t * patches, (t + 1) * patches).reduce((sum, share) => sum + share, 0),
        );
        expect(signals?.attention?.visualMass).toBeAllclose(sums as number[], { rtol: 0, atol: 1e-6 });
      }
    }
    await model.close();
  });
});

test("asked for alone, they come alone, and an empty completion has none", async () => {
  const model = new LocalModel({ model: checkpointDirectory("tied-gqa"), threads: 1 });
  const [sequence] = registerCase(model, recordedCase("tied-gqa", "one-image"));
  const signals = { imageRows: { row: "own" } } as const;
  const [score] = await model.score([sequence!], { signals });
  expect(Object.keys(score?.signals ?? {})).toEqual(["imageRows"]);
  const [empty] = await model.score([{ prompt: sequence!.prompt, completion: new Int32Array() }], {
    signals,
  });
  expect(empty?.signals?.imageRows).toEqual(new Float64Array());
  await model.close();
});
