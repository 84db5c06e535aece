import { afterAll, describe, expect, test } from "vitest";
import { calibratedGram } from "../../../credit/index.ts";
import { Rng } from "../../../math/index.ts";
import { ProgramCache } from "../program-cache.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import { CalibratedRows, canCollect, reduceRows } from "./calibrated-rows.ts";
import { sampledCalibration } from "./sampled-calibration.ts";

/** A prompt of the given kinds: −1 text, 0 an image. */
const promptOf = (...imageIndex: number[]): PreparedPrompt => ({
  tokens: Int32Array.from(imageIndex, () => 1),
  imageIndex: Int32Array.from(imageIndex),
  positions: { components: [], next: imageIndex.length },
  images: [],
});

describe("rows of a completion", () => {
  const programs = new ProgramCache(4, { threads: 1 });
  afterAll(() => programs.clear());

  test("are taken out of their padding: prompt slots on the left, cache slots on the right, the own key last", () => {
    const rows = new CalibratedRows(promptOf(-1, 0), 4);
    rows.push(Float32Array.of(9, 0, 0, 0.25, 0.75, 0, 0, 0), 1, 0, -1);
    rows.push(Float32Array.of(0, 0, 0.5, 0.25, 0.125, 0, 0, 0.125), 0, 1, 7);
    expect(rows.rows.map((row) => [...row])).toEqual([
      [0.25, 0.75],
      [0.5, 0.25, 0.125, 0.125],
    ]);
    expect(rows.length).toBe(2);
  });

  test.each([undefined, { exponential: 0.6, decay: 2, cosine: -0.3 }])(
    "are reduced as the reference reduces them, each completion by its own length, bias %o",
    async (biasCurve) => {
      const rng = new Rng(2);
      const completions = [
        [promptOf(-1, 0, 0, -1), 3],
        [promptOf(0, -1), 1],
        [promptOf(-1), 2],
      ] as const;
      const collected = completions.map(([prompt, length]) => {
        const rows = new CalibratedRows(prompt, prompt.tokens.length);
        for (let t = 0; t < length; t++) {
          const keys = prompt.tokens.length + t + 1;
          rows.push(
            Float32Array.from({ length: keys }, () => rng.uniform()),
            0,
            t,
            keys - 1,
          );
        }
        return rows;
      });
      const request = { row: "own", layers: 1, biasCorrection: true, biasCurve } as const;
      const reduced = await reduceRows(programs, collected, sampledCalibration({ calibrated: request })!);
      for (const [i, { prompt, rows }] of collected.entries()) {
        const keys = prompt.tokens.length + rows.length;
        const flat = rows.flatMap((row) => [...row, ...new Array<number>(keys - row.length).fill(0)]);
        const kind = Array.from({ length: keys }, (_, key) => ((prompt.imageIndex[key] ?? -1) < 0 ? 1 : 2));
        const expected = calibratedGram(flat, { tokens: rows.length, keys }, kind, { biasCurve });
        expect(reduced[i]!.calibrated!.connectivity).toBeAllclose(expected.connectivity, {
          rtol: 0,
          atol: 1e-5,
        });
        expect(reduced[i]!.calibrated!.gram).toBeAllclose(expected.gram, { rtol: 0, atol: 1e-5 });
      }
    },
  );
});

test("sampling holds rows of short completions, and leaves rows of many long completions to scoring", () => {
  const prompts = Array.from({ length: 16 }, () => promptOf(...new Array<number>(40).fill(-1)));
  expect(canCollect(prompts, 8, 64)).toBe(true);
  expect(canCollect(prompts, 8, 2048)).toBe(false);
});
