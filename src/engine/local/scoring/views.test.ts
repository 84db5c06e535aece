import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { EngineError } from "../../../errors/index.ts";
import { readJson } from "../../../model/index.ts";
import {
  CASES,
  type CaseName,
  CHECKPOINTS,
  type Checkpoint,
  checkpointDirectory,
  recordedCase,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";

/** What transformers says of one sequence; fixtures/model/README.md has the format. */
interface Recorded {
  readonly cosines: Readonly<Record<string, readonly number[]>>;
  readonly nucleusEntropy: Readonly<Record<string, readonly number[]>>;
  readonly hidden: Readonly<
    Record<"logprobs" | "divergence" | "jensenShannon" | "entropy", readonly number[]>
  >;
}

const { temperature, checkpoints } = readJson(
  join(fileURLToPath(new URL("../../../../fixtures/model", import.meta.url)), "views.json"),
) as {
  readonly temperature: number;
  readonly checkpoints: Readonly<Record<Checkpoint, Readonly<Record<CaseName, readonly Recorded[]>>>>;
};
const CLOSE = { rtol: 0, atol: 1e-4 };
const MASKED = { kind: "mask-attention" } as const;

describe.each(CHECKPOINTS)("views of %s are transformers'", (name) => {
  const model = new LocalModel({ model: checkpointDirectory(name), threads: 2 });
  afterAll(() => model.close());

  test.each(CASES)("images that nothing attends to, in their places, %s", async (caseName) => {
    const sequences = registerCase(model, recordedCase(name, caseName));
    const scores = await model.score(sequences, { temperature, divergenceFrom: MASKED });
    const alone = await model.score(sequences, { temperature, image: MASKED });
    for (const [i, { hidden }] of checkpoints[name][caseName].entries()) {
      expect(scores[i]!.ablatedLogprobs).toBeAllclose(hidden.logprobs, CLOSE);
      expect(scores[i]!.divergence).toBeAllclose(hidden.divergence, CLOSE);
      expect(scores[i]!.jensenShannon).toBeAllclose(hidden.jensenShannon, CLOSE);
      expect(scores[i]!.ablatedEntropy).toBeAllclose(hidden.entropy, CLOSE);
      expect(alone[i]!.logprobs).toBeAllclose(hidden.logprobs, CLOSE);
    }
  });

  test.each(CASES)("likeness of hidden states to the image's, %s", async (caseName) => {
    const sequences = registerCase(model, recordedCase(name, caseName));
    const plain = await model.score(sequences);
    for (const layers of ["last", "all"] as const) {
      for (const pairing of ["mean", "pairwise"] as const) {
        const scores = await model.score(sequences, { signals: { hiddenCosine: { layers, pairing } } });
        for (const [i, { cosines }] of checkpoints[name][caseName].entries()) {
          expect(scores[i]!.signals!.hiddenCosine).toBeAllclose(cosines[`${layers} ${pairing}`]!, CLOSE);
          expect(scores[i]!.logprobs).toBeAllclose(plain[i]!.logprobs, { rtol: 0, atol: 2e-5 });
        }
      }
    }
  });

  test.each(CASES)("entropy of a nucleus, %s", async (caseName) => {
    const sequences = registerCase(model, recordedCase(name, caseName));
    for (const mass of [0.5, 0.95]) {
      const scores = await model.score(sequences, { temperature, nucleusEntropy: mass });
      for (const [i, { nucleusEntropy }] of checkpoints[name][caseName].entries()) {
        expect(scores[i]!.nucleusEntropy).toBeAllclose(nucleusEntropy[mass]!, CLOSE);
      }
    }
    const whole = await model.score(sequences, { temperature, nucleusEntropy: 1, entropy: true });
    for (const { nucleusEntropy, entropy } of whole) expect(nucleusEntropy).toBeAllclose(entropy!, CLOSE);
  });
});

test("a nucleus without a probability is refused", async () => {
  const model = new LocalModel({ model: checkpointDirectory("tied-gqa"), threads: 1 });
  for (const nucleusEntropy of [0, -1, 1.5, Number.NaN]) {
    await expect(model.score([], { nucleusEntropy })).rejects.toThrow(EngineError);
  }
  await model.close();
});
