import { describe, expect, test } from "vitest";
import { calibratedGram, attentionSignals as pureSignals } from "../../../credit/index.ts";
import { attentionRows, realRow } from "../../../testing/attention-rows.ts";
import {
  CASES,
  CHECKPOINTS,
  checkpointDirectory,
  type RecordedSequence,
  recordedCase,
  recordedPrompt,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import type { AttentionRow } from "../../engine.ts";
import { LocalModel } from "../local-model.ts";

describe.each(CHECKPOINTS)("last-layer attention of %s", (name) => {
  test.each(CASES)(
    "is transformers' in %s, own rows and predicting rows, and 0 on padding and later keys",
    async (caseName) => {
      const { sequences } = recordedCase(name, caseName);
      const asked = sequences.map((sequence) => ({ ...sequence, prompt: recordedPrompt(sequence) }));
      const { rows, shape } = await attentionRows(checkpointDirectory(name), asked);
      for (const [s, { completion, attention }] of sequences.entries()) {
        const prompt = attention[0]!.length;
        for (const t of completion.keys()) {
          const own = realRow(rows.own, shape, s, t, prompt, t + 1);
          expect(own.real).toBeAllclose(attention[t + 1]!, { rtol: 0, atol: 1e-5 });
          expect(own.padding.every((value) => value === 0)).toBe(true);
          const predicting = realRow(rows.predicting, shape, s, t, prompt, t);
          expect(predicting.real).toBeAllclose(attention[t]!, { rtol: 0, atol: 1e-5 });
          expect(predicting.padding.every((value) => value === 0)).toBe(true);
        }
      }
    },
  );
});

/** The reference's signals of recorded rows. */
function expectedSignals(sequence: RecordedSequence, row: AttentionRow) {
  const { completion, attention, kind } = sequence;
  const offset = row === "own" ? 1 : 0;
  const rows = completion.flatMap((_, t) => {
    const recorded = attention[t + offset]!;
    return [...recorded, ...new Array<number>(kind.length - recorded.length).fill(0)];
  });
  const first = attention[0]!.length - 1 + offset;
  const shape = { tokens: completion.length, keys: kind.length };
  return {
    attention: pureSignals(rows, shape, kind, first),
    calibrated: calibratedGram(rows, shape, kind, { first }),
  };
}

describe.each(CHECKPOINTS)("signals of %s computed in the graph", (name) => {
  test.each(
    CASES.flatMap((caseName) => (["own", "predicting"] as const).map((row) => [caseName, row] as const)),
  )("equal the reference on transformers' rows: %s, %s rows", async (caseName, row) => {
    const model = new LocalModel({ model: checkpointDirectory(name), threads: 1 });
    const recorded = recordedCase(name, caseName);
    const scores = await model.score(registerCase(model, recorded), {
      signals: { attention: { row }, calibrated: { row, layers: 1, biasCorrection: true } },
    });
    for (const [i, sequence] of recorded.sequences.entries()) {
      const { attention: expected, calibrated } = expectedSignals(sequence, row);
      const found = scores[i]!.signals!.attention!;
      const { connectivity, gram } = scores[i]!.signals!.calibrated!;
      expect(connectivity).toBeAllclose(calibrated.connectivity, { rtol: 0, atol: 1e-5 });
      expect(gram).toBeAllclose(calibrated.gram, { rtol: 0, atol: 1e-5 });
      expect(found.visualMass).toBeAllclose(expected.visualMass, { rtol: 0, atol: 1e-4 });
      expect(found.textMass).toBeAllclose(expected.textMass, { rtol: 0, atol: 1e-4 });
      expect(found.visualShift).toBeAllclose(expected.visualShift, { rtol: 0, atol: 1e-4 });
      expect(found.textShift).toBeAllclose(expected.textShift, { rtol: 0, atol: 1e-4 });
      const hasImage = sequence.kind.includes(2);
      expect(found.visualMass.some((mass) => mass > 0.01)).toBe(hasImage);
      expect(found.textShift[0]).toBe(0);
    }
    await model.close();
  });
});
