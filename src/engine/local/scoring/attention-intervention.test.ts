import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { EngineError, ShapeError } from "../../../errors/index.ts";
import { readJson } from "../../../model/index.ts";
import {
  CHECKPOINTS,
  type Checkpoint,
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
  register,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import type { AttentionIntervention } from "../../intervention.ts";
import { LocalModel } from "../local-model.ts";
import { StreamingModel } from "../streaming/streaming-model.ts";

interface Setting {
  readonly modality: "visual" | "text";
  readonly lambda: number;
  readonly layers: readonly number[] | null;
  readonly heads: readonly number[] | null;
  readonly row: "own" | "predicting";
}

interface Recorded {
  readonly setting: number;
  readonly sequences: readonly {
    readonly tokens: readonly number[];
    readonly logprobs: readonly number[];
    readonly likeliest: readonly number[];
  }[];
}

const NAMED = ["one-image", "padded-batch"] as const;
/** fixtures/model/README.md has the format. */
const { settings, checkpoints } = readJson(
  fileURLToPath(new URL("../../../../fixtures/model/intervention.json", import.meta.url)),
) as {
  readonly settings: readonly Setting[];
  readonly checkpoints: Readonly<
    Record<Checkpoint, Readonly<Record<(typeof NAMED)[number], readonly Recorded[]>>>
  >;
};
const CLOSE = { rtol: 0, atol: 1e-4 };
const ROUNDING = { rtol: 0, atol: 2e-5 };

describe.each(CHECKPOINTS)("amplified attention of %s", (name) => {
  const model = new LocalModel({ model: checkpointDirectory(name), threads: 1 });
  afterAll(() => model.close());

  /**
   * The recorded intervention as a request; layers and heads that were not chosen are left to the default where
   * possible.
   */
  const intervention = ({ setting, sequences }: Recorded): AttentionIntervention => {
    const { modality, lambda, layers, heads, row } = settings[setting]!;
    return {
      tokens: sequences.map(({ tokens }) => tokens),
      modality,
      lambda,
      row,
      ...(layers === null && { layers: "all" }),
      ...(heads !== null && { heads }),
    };
  };

  test.each(NAMED)("gives transformers' log-probs and likeliest tokens, %s", async (caseName) => {
    const sequences = registerCase(model, recordedCase(name, caseName));
    const plain = await model.score(sequences);
    for (const recorded of checkpoints[name][caseName]) {
      const scores = await model.score(sequences, {
        intervention: intervention(recorded),
        likeliest: true,
      });
      let largest = 0;
      for (const [i, { logprobs, likeliest }] of recorded.sequences.entries()) {
        expect(scores[i]!.logprobs).toBeAllclose(logprobs, CLOSE);
        expect([...scores[i]!.likeliest!]).toEqual(likeliest);
        largest = Math.max(largest, ...logprobs.map((value, t) => Math.abs(value - plain[i]!.logprobs[t]!)));
      }
      expect(largest).toBeGreaterThan(0.05);
    }
  });

  test("changes nothing at λ = 0 and where no token is named", async () => {
    const sequences = registerCase(model, recordedCase(name, "padded-batch"));
    const plain = await model.score(sequences);
    const all = sequences.map(({ completion }) => [...completion.keys()]);
    for (const [lambda, tokens] of [
      [0, all],
      [9, sequences.map(() => [])],
    ] as const) {
      const scores = await model.score(sequences, {
        intervention: { tokens, modality: "visual", lambda, layers: "all" },
      });
      for (const [i, { logprobs }] of scores.entries()) {
        expect(logprobs).toBeAllclose(plain[i]!.logprobs, ROUNDING);
      }
    }
  });

  test("in the last layer, moves the named token's log-prob alone", async () => {
    const sequences = registerCase(model, recordedCase(name, "one-image"));
    const plain = await model.score(sequences);
    const [score] = await model.score(sequences, {
      intervention: { tokens: [[2]], modality: "visual", lambda: 20 },
    });
    const moved = score!.logprobs.map((value, t) => Math.abs(value - plain[0]!.logprobs[t]!));
    expect(moved[2]).toBeGreaterThan(1e-3);
    expect(Math.max(...moved.filter((_, t) => t !== 2))).toBeLessThan(2e-5);
  });

  test("raises the mass of the named modality in the named rows alone, by no more than r·(1 + λ) / (1 + λ·r)", async () => {
    const sequences = registerCase(model, recordedCase(name, "one-image"));
    const signals = { attention: { row: "predicting" } } as const;
    const lambda = 3;
    const [plain] = await model.score(sequences, { signals });
    const [raised] = await model.score(sequences, {
      signals,
      intervention: { tokens: [[1, 3]], modality: "visual", lambda },
    });
    const before = plain!.signals!.attention!.visualMass;
    const after = raised!.signals!.attention!.visualMass;
    // The value of one head is concave in r, so it bounds the mean over heads.
    for (const t of [1, 3]) {
      expect(after[t]).toBeGreaterThan(before[t]!);
      expect(after[t]).toBeLessThanOrEqual((before[t]! * (1 + lambda)) / (1 + lambda * before[t]!) + 1e-6);
    }
    for (const t of [0, 2, 4]) expect(after[t]).toBeCloseTo(before[t]!, 5);
  });
});

describe("requests", () => {
  const model = new LocalModel({ model: checkpointDirectory("tied-gqa"), threads: 1 });
  afterAll(() => model.close());
  const recorded = recordedCase("tied-gqa", "one-image").sequences[0]!;
  const sequence = (prompt: number) => ({ prompt, completion: Int32Array.from(recorded.completion) });
  const good: AttentionIntervention = { tokens: [[0]], modality: "visual", lambda: 1 };

  test("amplify a first token alone among completions that share its prompt", async () => {
    const prompt = register(model, recordedPrompt(recorded));
    const one = await model.score([sequence(prompt)], { intervention: { ...good, lambda: 8 } });
    const group = [sequence(prompt), sequence(prompt), sequence(prompt)];
    const plain = await model.score(group);
    const scores = await model.score(group, {
      intervention: { ...good, lambda: 8, tokens: [[], [0], []] },
    });
    expect(scores[1]!.logprobs).toBeAllclose(one[0]!.logprobs, ROUNDING);
    for (const other of [0, 2]) {
      expect(scores[other]!.logprobs).toBeAllclose(plain[other]!.logprobs, ROUNDING);
    }
    expect(Math.abs(scores[1]!.logprobs[0]! - plain[1]!.logprobs[0]!)).toBeGreaterThan(1e-3);
  });

  test.each([
    ["a list too many", { tokens: [[0], [0]] }, ShapeError, "expected 1 lists, got 2"],
    ["a token beyond the end", { tokens: [[99]] }, EngineError, "tokens of sequence 0"],
    ["a layer that is none", { layers: [2] }, EngineError, "layers: expected whole numbers below 2, got 2"],
    ["a head that is none", { heads: [-1] }, EngineError, "heads: expected whole numbers below 4, got -1"],
    ["a negative λ", { lambda: -1 }, EngineError, "expected 0 or more, got -1"],
    ["a λ that is no number", { lambda: Number.NaN }, EngineError, "expected 0 or more, got NaN"],
  ])("with %s fail", async (_, change, kind, message) => {
    const prompt = register(model, recordedPrompt(recorded));
    const asked = model.score([sequence(prompt)], { intervention: { ...good, ...change } });
    await expect(asked).rejects.toThrow(kind);
    await expect(asked).rejects.toThrow(message);
  });

  test("with a comparison beside it fail, and so do requests to an engine that streams", async () => {
    const prompt = register(model, recordedPrompt(recorded));
    await expect(
      model.score([sequence(prompt)], { intervention: good, divergenceFrom: { kind: "black" } }),
    ).rejects.toThrow("does not go together");
    const streaming = new StreamingModel({ model: checkpointDirectory("tied-gqa"), threads: 1 });
    const known = register(streaming, recordedPrompt(recorded));
    await expect(streaming.score([sequence(known)], { intervention: good })).rejects.toThrow("intervention");
    await expect(streaming.score([sequence(known)], { likeliest: true })).rejects.toThrow("likeliest");
    await streaming.close();
  });
});
