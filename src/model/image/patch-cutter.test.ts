// In a process of its own: the memory of the kernel, which all users of it share, is measured.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { parseImageProcessor } from "../../testing/fixture-architecture.ts";
import type { PatchCutter } from "./patch-cutter.ts";
import { cutPatches, type Normalise, normaliseFrame, normaliseStill } from "./patches.ts";
import { pixelKernel } from "./pixel-kernel.ts";
import type { ProcessorConfig } from "./processor-config.ts";
import type { RgbImage } from "./rgb-image.ts";
import { scalarPatchCutter } from "./scalar-patch-cutter.ts";
import { vectorPatchCutter } from "./vector-patch-cutter.ts";

const kernel = pixelKernel();
if (kernel === undefined) throw new Error("this platform has no WebAssembly vectors");
const vectors = vectorPatchCutter(kernel);

function noise(width: number, height: number, rng: Rng): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => rng.integer(256)) };
}

/** Whether the kernel and the plain loops give the same bits. */
function agree(frames: readonly RgbImage[], config: ProcessorConfig, normalise: Normalise): boolean {
  const bits = (cut: PatchCutter) => Buffer.from(cutPatches(frames, config, normalise, cut).patches.buffer);
  return bits(vectors).equals(bits(scalarPatchCutter));
}

describe("cutting patches", () => {
  test("channel, frame, row and column of a patch, blocks row by row", () => {
    const config = { ...parseImageProcessor({}), patchSize: 1, mergeSize: 2, temporalPatchSize: 2 };
    const frame = (first: number) => ({
      width: 4,
      height: 2,
      data: Uint8Array.from({ length: 24 }, (_, i) => first + i),
    });
    const plain = () => Float32Array.from({ length: 256 }, (_, value) => value);
    for (const cut of [scalarPatchCutter, vectors]) {
      const { patches, grid } = cutPatches([frame(0), frame(100)], config, plain, cut);
      expect(grid).toEqual([1, 2, 4]);
      const corners = [0, 3, 12, 15, 6, 9, 18, 21];
      expect([...patches]).toEqual(
        corners.flatMap((at) => [at, at + 100, at + 1, at + 101, at + 2, at + 102]),
      );
    }
  });

  test("the kernel gives the numbers of the plain loops, of stills, videos and any mixture of frames", () => {
    const small = fc.integer({ min: 1, max: 3 });
    const sizes = fc.record({ patch: fc.integer({ min: 1, max: 15 }), merge: small, temporal: small });
    fc.assert(
      fc.property(sizes, small, small, small, fc.nat(1e6), (size, rows, columns, times, seed) => {
        const config = {
          ...parseImageProcessor({}),
          patchSize: size.patch,
          mergeSize: size.merge,
          temporalPatchSize: size.temporal,
        };
        const rng = new Rng(seed);
        const side = size.patch * size.merge;
        const pool = [0, 1].map(() => noise(columns * side, rows * side, rng));
        const frames = Array.from({ length: times * size.temporal }, () => pool[rng.integer(2)]!);
        expect(agree(frames, config, seed % 2 === 0 ? normaliseStill : normaliseFrame)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ["very wide", 28 * 180, 28],
    ["very tall", 28, 28 * 180],
    ["of more than a stretch and a bit", 28 * 19, 28 * 3],
  ])("a picture %s is cut in stretches of a small memory", (_, width, height) => {
    const image = noise(width, height, new Rng(5));
    const config = parseImageProcessor({});
    expect(agree([image, image], config, normaliseStill)).toBe(true);
    expect(kernel.memory.buffer.byteLength).toBeLessThan(2 ** 20);
  });
});
