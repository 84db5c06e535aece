import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Graph } from "../../tensor/index.ts";
import { evaluate } from "../../tensor/testing/evaluate.ts";
import type { TextConfig } from "../config.ts";
import { replacedMix, replacementInputs } from "./replaced-values.ts";

interface Recorded {
  readonly heads: number;
  readonly kvHeads: number;
  readonly width: number;
  readonly cases: readonly {
    readonly prompt: number;
    readonly completion: number;
    readonly image: readonly [start: number, end: number];
    readonly attention: readonly number[];
    readonly values: readonly number[];
    readonly replaced: number;
    readonly delta: readonly number[];
  }[];
}
const path = new URL("../../../fixtures/credit/cfpo.json", import.meta.url);
const recorded: Recorded = JSON.parse(readFileSync(path, "utf8"));
const { heads, kvHeads, width } = recorded;

/** The addition to the mixed rows of one sequence, `[S + T, H·d]`. */
async function added(
  one: Pick<Recorded["cases"][0], "prompt" | "completion" | "image" | "attention" | "values">,
  mean: "vector" | "number",
  threshold = 2,
): Promise<number[]> {
  const { prompt, completion, image, attention, values } = one;
  const length = prompt + completion;
  const graph = new Graph();
  const batch = { prompts: 1, groupSize: 1, promptLength: prompt, completionLength: completion };
  const probabilities = {
    prompt: graph.input("ofPrompt", [1, heads, prompt, prompt]),
    completion: graph.input("ofCompletion", [1, heads, completion, length]),
  };
  const value = graph.input("value", [1, kvHeads, prompt, width]);
  const inputs = replacementInputs(value, batch);
  const mixed = replacedMix(probabilities, value, inputs, { threshold, mean }, { heads } as TextConfig);
  const at = (head: number, row: number) =>
    attention.slice((head * length + row) * length, (head * length + row + 1) * length);
  const rows = (from: number, to: number, keys: number) =>
    Float32Array.from(
      Array.from({ length: heads }, (_, head) =>
        Array.from({ length: to - from }, (__, row) => at(head, from + row).slice(0, keys)),
      ).flat(2),
    );
  const isImage = (key: number) => (key >= image[0] && key < image[1] ? 1 : 0);
  const outputs = await evaluate(graph, mixed, {
    ofPrompt: rows(0, prompt, prompt),
    ofCompletion: rows(prompt, length, length),
    value: Float32Array.from(values),
    replacedKeys: Float32Array.from({ length: prompt }, (_, key) => isImage(key)),
    replacedRows: new Float32Array(completion).fill(1),
    replacedPairs: Float32Array.from({ length: prompt * prompt }, (_, i) =>
      Math.floor(i / prompt) >= image[1] ? isImage(i % prompt) : 0,
    ),
  });
  return [...outputs["prompt"]!, ...outputs["completion"]!];
}

describe("replaced values", () => {
  test.each(recorded.cases)(
    "with one number for the mean are the authors' function's: $replaced entries of $prompt + $completion tokens",
    async (one) => {
      const length = one.prompt + one.completion;
      // Recorded by head, [H, S + T, d].
      const expected = Array.from({ length: length * heads * width }, (_, i) => {
        const [row, head, entry] = [
          Math.floor(i / (heads * width)),
          Math.floor(i / width) % heads,
          i % width,
        ];
        return one.delta[(head * length + row) * width + entry]!;
      });
      expect(one.replaced).toBeGreaterThan(0);
      expect(await added(one, "number")).toBeAllclose(expected, { rtol: 1e-4, atol: 1e-6 });
    },
  );

  test("differ by the mean that replaces them, and there are none beyond any attention or without an image", async () => {
    const [one] = recorded.cases;
    const ofNumber = await added(one!, "number");
    const ofVector = await added(one!, "vector");
    expect(ofVector.some((value, i) => Math.abs(value - ofNumber[i]!) > 1e-3)).toBe(true);
    expect((await added(one!, "vector", 100)).every((value) => value === 0)).toBe(true);
    expect((await added({ ...one!, image: [0, 0] }, "vector")).every((value) => value === 0)).toBe(true);
  });

  test("of tokens that say the same are no change, by the vectors' mean", async () => {
    const [one] = recorded.cases;
    const same = { ...one!, values: one!.values.map((_, i) => i % width) };
    expect((await added(same, "vector")).every((value) => Math.abs(value) < 1e-6)).toBe(true);
    expect((await added(same, "number")).some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
});
