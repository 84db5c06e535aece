import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { EngineError } from "../../../errors/index.ts";
import { readConfig, readJson } from "../../../model/index.ts";
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

/** Outputs of transformers for one sequence; fixtures/model/README.md has the format. */
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

test.each(["tied-gqa", "untied-mqa"] as const)(
  "completions of a prompt are compared place by place, %s",
  async (name) => {
    const model = new LocalModel({ model: checkpointDirectory(name), threads: 2 });
    const sequences = registerCase(model, recordedCase(name, "padded-batch"));
    const [first, second] = sequences;
    const tokens = first!.completion;
    const group = [
      { prompt: first!.prompt, completion: tokens },
      { prompt: first!.prompt, completion: tokens.map((token) => (token + 7) % 50) },
      { prompt: second!.prompt, completion: second!.completion },
      { prompt: first!.prompt, completion: tokens.slice(0, 2) },
    ];
    const vocabulary = readConfig(checkpointDirectory(name)).text.vocabSize;
    const scores = await model.score(group, { temperature, groupDivergence: true, alternatives: vocabulary });
    const logsOf = (i: number, t: number) => {
      const logs = new Float64Array(vocabulary).fill(-Math.log(vocabulary));
      if (t >= group[i]!.completion.length) return logs;
      const { tokens: ids, logprobs } = scores[i]!.alternatives!;
      for (let k = t * vocabulary; k < (t + 1) * vocabulary; k++) logs[ids[k]!] = logprobs[k]!;
      return logs;
    };
    const expected = (members: readonly number[], t: number) => {
      const rows = members.map((i) => logsOf(i, t));
      const sums = rows[0]!.map((_, v) => {
        const centre = rows.reduce((sum, row) => sum + row[v]!, 0) / rows.length;
        return rows.reduce((sum, row) => sum + Math.expm1(centre - row[v]!) - (centre - row[v]!), 0);
      });
      return sums.reduce((sum, value) => sum + value, 0) / rows.length;
    };
    for (const [i, members] of [[0, 1, 3], [0, 1, 3], [2], [0, 1, 3]].entries()) {
      const { completion } = group[i]!;
      const found = scores[i]!.groupDivergence!;
      expect(found).toBeAllclose(
        Array.from(completion, (_, t) => expected(members, t)),
        { rtol: 1e-4, atol: 1e-4 },
      );
    }
    expect(scores[0]!.groupDivergence![1]).toBeGreaterThan(1e-3);
    await model.close();
  },
);

test("a nucleus without a probability is refused", async () => {
  const model = new LocalModel({ model: checkpointDirectory("tied-gqa"), threads: 1 });
  for (const nucleusEntropy of [0, -1, 1.5, Number.NaN]) {
    await expect(model.score([], { nucleusEntropy })).rejects.toThrow(EngineError);
  }
  await model.close();
});
