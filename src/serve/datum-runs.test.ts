import { describe, expect, test } from "vitest";
import type { wire } from "../engine/index.ts";
import { encodePng } from "../model/index.ts";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { datumRuns, overPositions, targetsOf } from "./datum-runs.ts";
import { PromptPool } from "./prompt-pool.ts";

const pool = new PromptPool(servedDigits("digits", wholeFakeEngine));
const textChunk = (tokens: number[]): wire.WireChunk => ({ type: "encoded_text", tokens });

async function runsOf(chunks: wire.WireChunk[], targets: number[], weights: number[]) {
  const input = await pool.resolve({ chunks }, new Map(), "datum");
  const data = { model_input: { chunks }, loss_fn_inputs: { target_tokens: { data: targets } } };
  return datumRuns(pool, input, targetsOf(data, input, "datum"), Float64Array.from(weights), "datum");
}

/** Prompt's text, completion and place of each run. */
const shapes = ({ runs }: Awaited<ReturnType<typeof runsOf>>) =>
  runs.map(({ first, sequence: { prompt, completion } }) => [
    first,
    prompt.chunks.flatMap((chunk): (number | string)[] =>
      chunk.kind === "text" ? [...chunk.tokens] : ["image"],
    ),
    [...completion],
  ]);

describe("a datum as sequences", () => {
  test("text whose targets are its next tokens is one run from its first token", async () => {
    const runs = await runsOf([textChunk([1, 2, 3])], [2, 3, 4], [0, 0, 1]);
    expect(shapes(runs)).toEqual([[0, [1], [2, 3, 4]]]);
  });

  test("padding before a completion is left out, as recipes of reinforcement learning write it", async () => {
    const runs = await runsOf([textChunk([5, 6, 7]), textChunk([8, 9])], [0, 0, 8, 9, 1], [0, 0, 1, 1, 1]);
    expect(shapes(runs)).toEqual([[2, [5, 6, 7], [8, 9, 1]]]);
    expect(overPositions(runs, [[-1, -2, -3]])).toEqual(Float64Array.of(0, 0, -1, -2, -3));
  });

  test("targets that are fewer than the input cover its last positions", async () => {
    expect(shapes(await runsOf([textChunk([5, 6, 7, 8])], [8, 1], [0, 0]))).toEqual([[0, [5, 6, 7], [8, 1]]]);
  });

  test("a weighted target that is not the next token is a sequence of its own", async () => {
    const runs = await runsOf([textChunk([1, 2, 3])], [7, 3, 4], [1, 1, 1]);
    expect(shapes(runs)).toEqual([
      [0, [1], [7]],
      [1, [1, 2], [3, 4]],
    ]);
  });

  test("equal prompts are one object, and equal images are", async () => {
    const png = await encodePng({ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) });
    const image: wire.WireChunk = { type: "image", data: png, format: "png" };
    const one = await runsOf([textChunk([1]), image, textChunk([2])], [3], [1]);
    const two = await runsOf([textChunk([1]), image, textChunk([2])], [4], [1]);
    expect(one.runs[0]!.sequence.prompt).toBe(two.runs[0]!.sequence.prompt);
    expect(shapes(one)).toEqual([[0, [1, "image", 2], [3]]]);
  });

  test.each([0.5, -1, 2 ** 32 + 5])("a target %d is refused, for it is no token", async (target) => {
    await expect(runsOf([textChunk([1, 2])], [2, target], [1, 1])).rejects.toThrow(
      `target_tokens: expected ids of tokens, got ${target}`,
    );
  });

  test("a weight within an image is refused", async () => {
    const png = await encodePng({ width: 112, height: 112, data: new Uint8Array(112 * 112 * 3) });
    const image: wire.WireChunk = { type: "image", data: png, format: "png" };
    const length = (await pool.resolve({ chunks: [image] }, new Map(), "datum")).tokens.length;
    expect(length).toBeGreaterThan(2);
    await expect(runsOf([image], new Array(length).fill(1), new Array(length).fill(1))).rejects.toThrow(
      "position 0 has a weight, but is within an image",
    );
  });
});
