import { expect, test } from "vitest";
import type { ModelConfig } from "../../../model/index.ts";
import type { MemoryPlan } from "../memory/memory-plan.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import { decodeStretches } from "./decode-stretches.ts";

/** A model whose completion takes a mebibyte: 6 arrays of logits and no cache. */
const text = { vocabSize: 2 ** 18 / 6, layers: 0, kvHeads: 1, headDim: 1 };
const prompt = { tokens: new Int32Array(4), images: [] } as unknown as PreparedPrompt;
const stretches = (mebibytes: number, prompts: number, groupSize: number) =>
  decodeStretches(
    {
      config: { text } as unknown as ModelConfig,
      memory: { programBytes: 2 * mebibytes * 2 ** 20 } as MemoryPlan,
    },
    { prompts: new Array<PreparedPrompt>(prompts).fill(prompt), groupSize, maxCompletionTokens: 3 },
  );

test("have whole groups of as many prompts as fit", () => {
  expect(stretches(9, 5, 4)).toEqual([
    { prompts: [0, 2], completions: [0, 4] },
    { prompts: [2, 4], completions: [0, 4] },
    { prompts: [4, 5], completions: [0, 4] },
  ]);
  expect(stretches(9, 0, 4)).toEqual([]);
});

test("have parts of a group that does not fit, one completion at least, and never more than 512", () => {
  expect(stretches(2, 2, 3)).toEqual([
    { prompts: [0, 1], completions: [0, 2] },
    { prompts: [0, 1], completions: [2, 3] },
    { prompts: [1, 2], completions: [0, 2] },
    { prompts: [1, 2], completions: [2, 3] },
  ]);
  expect(stretches(0, 1, 2)).toHaveLength(2);
  expect(stretches(10_000, 1, 1024).map(({ completions }) => completions)).toEqual([
    [0, 512],
    [512, 1024],
  ]);
});
