import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { CalibratedAttention, ImageAblation } from "../../../credit/index.ts";
import { Rng } from "../../../math/index.ts";
import { readJson } from "../../../model/index.ts";
import {
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
  register,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import type { Score, ScoreRequest } from "../../engine.ts";
import type { LocalSequence } from "../known-prompts.ts";
import { LocalModel } from "../local-model.ts";

/** Outputs of transformers for one sequence; fixtures/model/README.md has the format. */
interface Recorded {
  readonly entropy: readonly number[];
  readonly black: Compared;
  readonly discard: Compared;
  readonly own: { readonly connectivity: readonly number[]; readonly gram: readonly number[] };
  readonly predicting: { readonly connectivity: readonly number[]; readonly gram: readonly number[] };
}

interface Compared {
  readonly logprobs: readonly number[];
  readonly divergence: readonly number[];
}

const NAMES = ["tied-gqa", "untied-gqa", "untied-mqa"] as const;
const CASES = ["one-image", "padded-batch"] as const;
const { temperature, layers, checkpoints } = readJson(
  join(fileURLToPath(new URL("../../../../fixtures/model", import.meta.url)), "scoring.json"),
) as {
  readonly temperature: number;
  readonly layers: number;
  readonly checkpoints: Readonly<
    Record<(typeof NAMES)[number], Readonly<Record<(typeof CASES)[number], readonly Recorded[]>>>
  >;
};
const CLOSE = { rtol: 0, atol: 1e-4 };
/** Float32 passes differ by the order of their additions. */
const ROUNDING = { rtol: 0, atol: 2e-5 };

const calibrated = (score: Score): CalibratedAttention => score.signals!.calibrated!;

describe.each(NAMES)("scores of %s are transformers'", (name) => {
  const model = new LocalModel({ model: checkpointDirectory(name), threads: 2 });
  afterAll(() => model.close());

  test.each(CASES)("entropy and divergence from ablated images, %s", async (caseName) => {
    const sequences = registerCase(model, recordedCase(name, caseName));
    for (const kind of ["black", "discard"] as const) {
      const scores = await model.score(sequences, { temperature, entropy: true, divergenceFrom: { kind } });
      const ablated = await model.score(sequences, { temperature, image: { kind } });
      for (const [i, recorded] of checkpoints[name][caseName].entries()) {
        expect(scores[i]!.entropy).toBeAllclose(recorded.entropy, CLOSE);
        expect(scores[i]!.divergence).toBeAllclose(recorded[kind].divergence, CLOSE);
        expect(scores[i]!.ablatedLogprobs).toBeAllclose(recorded[kind].logprobs, CLOSE);
        expect(ablated[i]!.logprobs).toBeAllclose(recorded[kind].logprobs, CLOSE);
      }
    }
  });

  test.each(CASES)("calibrated attention, own and predicting rows, %s", async (caseName) => {
    const sequences = registerCase(model, recordedCase(name, caseName));
    for (const row of ["own", "predicting"] as const) {
      const signals = { calibrated: { row, layers, biasCorrection: true } };
      for (const [i, score] of (await model.score(sequences, { signals })).entries()) {
        const recorded = checkpoints[name][caseName][i]![row];
        expect(calibrated(score).connectivity).toBeAllclose(recorded.connectivity, { rtol: 0, atol: 1e-5 });
        expect(calibrated(score).gram).toBeAllclose(recorded.gram, { rtol: 0, atol: 1e-5 });
      }
    }
  });
});

describe("a score does not depend on its batch", () => {
  const NAME = "untied-gqa";
  const model = new LocalModel({ model: checkpointDirectory(NAME), threads: 1 });
  afterAll(() => model.close());
  const rng = new Rng(3);
  const batch = recordedCase(NAME, "padded-batch").sequences;
  const prompts = batch.map((sequence) => register(model, recordedPrompt(sequence)));
  const lengths = [5, 1, 16, 9, 0, 3];
  const sequences = [0, 2, 1, 2, 0, 0].map(
    (p, i): LocalSequence => ({
      prompt: prompts[p]!,
      completion: Int32Array.from({ length: lengths[i]! }, () => rng.integer(88)),
    }),
  );
  const noise: ImageAblation = { kind: "noise", sigma: 200, seed: 1 };
  const request: ScoreRequest = {
    entropy: true,
    divergenceFrom: { kind: "discard" },
    image: noise,
    signals: {
      calibrated: { row: "predicting", layers: 2, biasCorrection: true },
      attention: { row: "own" },
    },
  };

  function expectSame(found: Score, expected: Score): void {
    for (const name of [
      "logprobs",
      "entropy",
      "divergence",
      "ablatedLogprobs",
      "jensenShannon",
      "ablatedEntropy",
    ] as const) {
      expect(found[name]).toBeAllclose(expected[name]!, ROUNDING);
    }
    expect(calibrated(found).connectivity).toBeAllclose(calibrated(expected).connectivity, ROUNDING);
    expect(calibrated(found).gram).toBeAllclose(calibrated(expected).gram, ROUNDING);
    const numbers = ({ signals }: Score, name: "sharpness" | "divergence") => {
      const { visualMass, textMass, visualShift, textShift, [name]: measured } = signals!.attention!;
      return [visualMass, textMass, visualShift, textShift, ...(measured ? Object.values(measured) : [])];
    };
    for (const measure of ["sharpness", "divergence"] as const) {
      const others = numbers(expected, measure);
      numbers(found, measure).forEach((values, i) => {
        expect(values).toBeAllclose(others[i]!, ROUNDING);
      });
    }
  }

  test.each([undefined, "sharpness", "divergence"] as const)(
    "alone, together, in reverse and in batches of few tokens; measure %s",
    async (measure) => {
      const asking: ScoreRequest = {
        ...request,
        signals: { ...request.signals, attention: { row: "own", measure } },
      };
      const together = await model.score(sequences, asking);
      const reversed = await model.score(sequences.toReversed(), asking);
      const small = new LocalModel({ model: checkpointDirectory(NAME), threads: 1, maxTokens: 40 });
      const ids = batch.map((sequence) => register(small, recordedPrompt(sequence)));
      const same = sequences.map(({ prompt, completion }) => ({
        prompt: ids[prompts.indexOf(prompt)]!,
        completion,
      }));
      const cut = await small.score(same, asking);
      await small.close();
      for (const [i, sequence] of sequences.entries()) {
        const [alone] = await model.score([sequence], asking);
        expectSame(together[i]!, alone!);
        expectSame(reversed.at(-1 - i)!, alone!);
        expectSame(cut[i]!, alone!);
      }
    },
  );

  test("an empty completion has empty scores", async () => {
    const [score] = await model.score([sequences[4]!], request);
    const nothing = new Float64Array();
    expect(score).toEqual({
      logprobs: nothing,
      entropy: nothing,
      divergence: nothing,
      ablatedLogprobs: nothing,
      jensenShannon: nothing,
      ablatedEntropy: nothing,
      signals: {
        attention: { visualMass: nothing, textMass: nothing, visualShift: nothing, textShift: nothing },
        calibrated: { connectivity: nothing, gram: nothing },
      },
    });
  });

  test("asked for nothing, a score is log-probs alone", async () => {
    expect(Object.keys((await model.score(sequences))[0]!)).toEqual(["logprobs"]);
  });

  test("a divergence from the same images, and of a prompt without any, is 0", async () => {
    const [same] = await model.score([sequences[0]!], { image: noise, divergenceFrom: noise });
    expect(same!.divergence).toBeAllclose(new Float64Array(5), { rtol: 0, atol: 2e-6 });
    expect(same!.ablatedLogprobs).toBeAllclose(same!.logprobs, ROUNDING);
    const [blind] = await model.score([sequences[2]!], { divergenceFrom: { kind: "discard" } });
    expect(blind!.divergence).toBeAllclose(new Float64Array(16), { rtol: 0, atol: 2e-6 });
  });

  test("without bias correction, connectivity is the image's attention, mean over layers", async () => {
    const plain = (count: number) => ({
      signals: {
        calibrated: { row: "own", layers: count, biasCorrection: false } as const,
        attention: { row: "own" } as const,
      },
    });
    const sequence = sequences[0]!;
    const [last] = await model.score([sequence], plain(1));
    expect(calibrated(last!).connectivity).toBeAllclose(last!.signals!.attention!.visualMass, ROUNDING);
    const [all] = await model.score([sequence], plain(3));
    const [more] = await model.score([sequence], plain(9));
    expect(calibrated(more!).gram).toEqual(calibrated(all!).gram);
    expect(calibrated(last!).gram).not.toEqual(calibrated(all!).gram);
  });

  test("divides by the bias curve that is asked for, the paper's unless given", async () => {
    const sequence = sequences[2]!;
    const score = async (biasCurve?: { exponential?: number; decay?: number; cosine?: number }) => {
      const signals = { calibrated: { row: "own", layers: 1, biasCorrection: true, biasCurve } as const };
      return calibrated((await model.score([sequence], { signals }))[0]!);
    };
    const plain = await score();
    expect(await score({ exponential: 0.15, decay: 4, cosine: 0.05 })).toEqual(plain);
    expect((await score({ exponential: 2 })).gram).not.toEqual(plain.gram);
    const flat = { calibrated: { row: "own", layers: 1, biasCorrection: false } as const };
    const [even] = await model.score([sequence], { signals: flat });
    expect((await score({ exponential: 0, cosine: 0 })).gram).toBeAllclose(calibrated(even!).gram, ROUNDING);
    await expect(score({ cosine: 2 })).rejects.toThrow("biasCurve.cosine");
  });

  test("refuses a number of layers that is none", async () => {
    const signals = { calibrated: { row: "own", layers: 0, biasCorrection: true } } as const;
    await expect(model.score(sequences, { signals })).rejects.toThrow(
      "score: signals.calibrated.layers: expected a positive integer, got 0",
    );
  });
});
