/**
 * @module
 * Patches cut in plain loops: the reference for `vector-patch-cutter.ts`, and its replacement where it cannot
 * run.
 */
import type { PatchCutter } from "./patch-cutter.ts";

export const scalarPatchCutter: PatchCutter = ({ frames, patchSize, mergeSize, tables }, patches) => {
  const [{ width, height }] = frames as [(typeof frames)[0]];
  const block = patchSize * mergeSize;
  let to = 0;
  const putPatch = (top: number, left: number) => {
    for (const [channel, table] of tables.entries()) {
      for (const { data } of frames) {
        for (let y = top; y < top + patchSize; y++) {
          let from = (y * width + left) * 3 + channel;
          for (let x = 0; x < patchSize; x++, from += 3) patches[to++] = table[data[from]!]!;
        }
      }
    }
  };
  for (let top = 0; top < height; top += block) {
    for (let left = 0; left < width; left += block) {
      for (let y = 0; y < block; y += patchSize) {
        for (let x = 0; x < block; x += patchSize) putPatch(top + y, left + x);
      }
    }
  }
};
