import { afterAll, describe, expect, test } from "vitest";
import { tokenClusters } from "../../../credit/index.ts";
import {
  CHECKPOINTS,
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
  register,
} from "../../../testing/model-fixtures.ts";
import type { AttentionRow, Completion, SignalRequest } from "../../engine.ts";
import { LocalModel } from "../local-model.ts";

const STOP = [3, 17, 40, 71, 80, 86];
const rulesOfOne = { maxCompletionTokens: 4, temperature: 1, topP: 1, topK: 0, stopTokens: [], seed: 1 };
/** 0 is an absolute difference of 1e-4 in nats, in attention and in radians. */
const CLOSE = { rtol: 0, atol: 1e-4 };

interface Setting {
  readonly groupSize: number;
  readonly maxCompletionTokens: number;
  readonly temperature: number;
  readonly row: AttentionRow;
}

const SETTINGS: readonly Setting[] = [
  { groupSize: 1, maxCompletionTokens: 1, temperature: 1, row: "own" },
  { groupSize: 3, maxCompletionTokens: 1, temperature: 0.7, row: "predicting" },
  { groupSize: 8, maxCompletionTokens: 40, temperature: 1, row: "own" },
  { groupSize: 3, maxCompletionTokens: 36, temperature: 0.7, row: "predicting" },
  { groupSize: 1, maxCompletionTokens: 20, temperature: 0.7, row: "own" },
];

/** Where a completion ends, and why. */
function expectRightEnd({ tokens, stopReason }: Completion, limit: number): void {
  expect(tokens.slice(0, -1).some((token) => STOP.includes(token))).toBe(false);
  expect(tokens.length).toBeLessThanOrEqual(limit);
  expect(stopReason).toBe(STOP.includes(tokens.at(-1)!) ? "stop" : "length");
  expect(stopReason === "stop" || tokens.length === limit).toBe(true);
}

describe.each(CHECKPOINTS)("what %s says while sampling it says again when scoring", (name) => {
  const model = new LocalModel({ model: checkpointDirectory(name), threads: 1 });
  afterAll(() => model.close());
  // No image, one, two and four; 11 to 90 tokens.
  const prompts = (["padded-batch", "four-images"] as const)
    .flatMap((caseName) => recordedCase(name, caseName).sequences)
    .map((sequence) => register(model, recordedPrompt(sequence)));

  test.each(SETTINGS)(
    "log-probs and signals: G $groupSize, up to $maxCompletionTokens tokens, temperature $temperature, $row rows",
    async ({ row, ...setting }) => {
      // The other row for calibrated attention: each follows its own request.
      const other = row === "own" ? "predicting" : "own";
      const signals = {
        attention: { row },
        calibrated: {
          row: other,
          layers: 2,
          biasCorrection: row === "own",
          biasCurve: { exponential: 0.5 + setting.groupSize / 8, decay: 1 },
        },
      } as const;
      const request = { ...setting, prompts, topP: 1, topK: 0, stopTokens: STOP, seed: 3, signals };
      const groups = await model.sample(request);
      expect(groups.map((group) => group.length)).toEqual(prompts.map(() => setting.groupSize));
      const completions = groups.flat();
      const sequences = groups.flatMap((group, p) =>
        group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
      );
      const scores = await model.score(sequences, { temperature: setting.temperature, signals });
      for (const [i, completion] of completions.entries()) {
        expectRightEnd(completion, setting.maxCompletionTokens);
        expect(completion.logprobs).toBeAllclose(scores[i]!.logprobs, CLOSE);
        const sampled = completion.signals!.attention!;
        const scored = scores[i]!.signals!.attention!;
        for (const signal of ["visualMass", "textMass", "visualShift", "textShift"] as const) {
          expect(sampled[signal]).toBeAllclose(scored[signal], CLOSE);
        }
        const { connectivity, gram } = scores[i]!.signals!.calibrated!;
        expect(completion.signals!.calibrated!.connectivity).toBeAllclose(connectivity, CLOSE);
        expect(completion.signals!.calibrated!.gram).toBeAllclose(gram, CLOSE);
      }
      if (setting.maxCompletionTokens === 40) {
        const lengths = completions.map(({ tokens }) => tokens.length);
        const longerThan = (length: number) => lengths.filter((each) => each > length).length;
        // The cache grew twice, and each time some completions were left behind.
        expect(longerThan(16)).toBeLessThan(lengths.length);
        expect(longerThan(32)).toBeLessThan(longerThan(16));
        expect(longerThan(32)).toBeGreaterThan(0);
      }
    },
  );

  test.each(["own", "predicting"] as const)("calibrated attention alone, %s rows", async (row) => {
    const signals = { calibrated: { row, layers: 9, biasCorrection: true } } as const;
    const rules = { maxCompletionTokens: 9, temperature: 1, topP: 1, topK: 0, stopTokens: STOP, seed: 4 };
    const groups = await model.sample({ ...rules, prompts, groupSize: 3, signals });
    const sequences = groups.flatMap((group, p) =>
      group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
    );
    const scores = await model.score(sequences, { signals });
    for (const [i, completion] of groups.flat().entries()) {
      expect(Object.keys(completion.signals!)).toEqual(["calibrated"]);
      const { connectivity, gram } = scores[i]!.signals!.calibrated!;
      expect(completion.signals!.calibrated!.connectivity).toBeAllclose(connectivity, CLOSE);
      expect(completion.signals!.calibrated!.gram).toBeAllclose(gram, CLOSE);
    }
  });

  test.each(["own", "predicting"] as const)(
    "clusters equal the clusters of the Gram matrix, %s rows",
    async (row) => {
      const calibrated = { row, layers: 2, biasCorrection: true } as const;
      const options = { similarityThreshold: 0.8, clusterSize: 3, neighbours: 2, seed: 1 };
      const clusters = { ...calibrated, ...options };
      const rules = { maxCompletionTokens: 21, temperature: 1, topP: 1, topK: 0, stopTokens: STOP, seed: 4 };
      const found = async (signals: SignalRequest) => {
        const groups = await model.sample({ ...rules, prompts, groupSize: 3, signals });
        const sequences = groups.flatMap((group, p) =>
          group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
        );
        return [...groups.flat(), ...(await model.score(sequences, { signals }))];
      };
      const whole = await found({ calibrated });
      for (const [i, { signals }] of (await found({ clusters })).entries()) {
        expect(signals).toEqual({ clusters: tokenClusters(whole[i]!.signals!.calibrated!, options) });
      }
    },
  );

  test("clusters and the Gram matrix can be asked for together", async () => {
    const [prompt] = prompts;
    const calibrated = { row: "own", layers: 2, biasCorrection: true } as const;
    const others = { similarityThreshold: 0.7, clusterSize: 2, neighbours: 1, seed: 0 };
    const clusters = { ...calibrated, row: "predicting" as const, ...others };
    const sequence = { prompt: prompt!, completion: Int32Array.of(3, 5, 8, 13, 21, 34) };
    const [both] = await model.score([sequence], { signals: { calibrated, clusters } });
    const [gram] = await model.score([sequence], { signals: { calibrated } });
    const [own] = await model.score([sequence], { signals: { clusters } });
    expect(both!.signals!.calibrated!.gram).toBeAllclose(gram!.signals!.calibrated!.gram, CLOSE);
    expect(both!.signals!.clusters!.centroidCosine).toBeAllclose(
      own!.signals!.clusters!.centroidCosine,
      CLOSE,
    );
    const request = { ...rulesOfOne, prompts: [prompt!], groupSize: 2, signals: { calibrated, clusters } };
    const [group] = await model.sample(request);
    // Sampling has one of them; a scoring pass gives both.
    expect(Object.keys(group![0]!.signals!)).toEqual(["calibrated"]);
  });
});
