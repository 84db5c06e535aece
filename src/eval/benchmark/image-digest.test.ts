import { describe, expect, test } from "vitest";
import type { Problem, ProblemSource } from "../../data/index.ts";
import { DataError } from "../../errors/index.ts";
import { sums } from "../../testing/made-benchmark.ts";
import { answerOptions, freshFile } from "../../testing/made-evaluation.ts";
import { answerBenchmark } from "./answer-benchmark.ts";
import { imageDigest } from "./image-digest.ts";
import { readAnswers } from "./read-answers.ts";

/** Twenty sums, each with an image of this shade, or without an image if no shade is given. */
function pictured(shade: number | undefined): ProblemSource {
  const { source } = sums(20);
  return {
    ...source,
    async problem(index) {
      if (shade === undefined) throw new DataError(`sums row ${index}: no such file`);
      const problem = await source.problem(index);
      return { ...problem, images: [{ width: 2, height: 1, data: new Uint8Array(6).fill(shade) }] };
    },
  };
}

describe("an evaluation that is resumed", () => {
  test("with other images of the same names is refused, naming a problem", async () => {
    const path = freshFile();
    await answerBenchmark(answerOptions(path, { source: pictured(1), problems: 4 }));
    const before = readAnswers(path).answers;
    await expect(answerBenchmark(answerOptions(path, { source: pictured(2) }))).rejects.toThrow(
      /answers\.jsonl: problem sum-0: expected the images that the recorded answer is to, digest [0-9a-f]{16}, got/,
    );
    expect(readAnswers(path).answers).toEqual(before);
    await answerBenchmark(answerOptions(path, { source: pictured(1) }));
    expect(readAnswers(path).answers).toHaveLength(20);
  });

  test("with images that cannot be read any more keeps its answers", async () => {
    const path = freshFile();
    await answerBenchmark(answerOptions(path, { source: pictured(1), problems: 4 }));
    const again = answerOptions(path, { source: pictured(undefined), problems: 4 });
    expect(await answerBenchmark(again)).toBe(true);
  });
});

test("the digest is of sizes, pixels and frames; without any there is none", () => {
  const picture = (width: number, height: number, shade = 0) => ({
    width,
    height,
    data: new Uint8Array(3 * width * height).fill(shade),
  });
  const video = (...frames: ReturnType<typeof picture>[]) => ({ frames, fps: 1 });
  const cases: Pick<Problem, "images" | "videos">[] = [
    { images: [picture(2, 3)] },
    { images: [picture(3, 2)] },
    { images: [picture(2, 3, 1)] },
    { images: [picture(2, 3), picture(2, 3)] },
    { images: [], videos: [video(picture(2, 3))] },
    { images: [], videos: [video(picture(2, 3)), video(picture(2, 3))] },
    { images: [], videos: [video(picture(2, 3), picture(2, 3))] },
  ];
  expect(new Set(cases.map(imageDigest)).size).toBe(cases.length);
  expect(imageDigest({ images: [picture(2, 3)] })).toBe(imageDigest({ images: [picture(2, 3)] }));
  expect(imageDigest({ images: [] })).toBeUndefined();
});
