/**
 * @module
 * Patches cut by the WebAssembly kernel, a few blocks at a time, so that what it writes is still in the processor's
 * cache when it is copied out.
 */
import type { PatchCutter } from "./patch-cutter.ts";
import { kernelPlaces, type PixelKernel } from "./pixel-kernel.ts";

const CHANNELS = 3;
const FLOAT = 4;
/** Bytes of patches in the kernel's memory at a time, unless one block has more. */
const STRETCH = 2 ** 18;

/** The cutter that works in a kernel's memory. */
export function vectorPatchCutter(kernel: PixelKernel): PatchCutter {
  return ({ frames, patchSize, mergeSize, tables }, patches) => {
    const [{ width, height }] = frames as [(typeof frames)[0]];
    const area = patchSize * patchSize;
    const channel = frames.length * area;
    const patch = CHANNELS * channel;
    const block = mergeSize * mergeSize * patch;
    const side = patchSize * mergeSize;
    const across = Math.min(width / side, Math.max(1, Math.floor(STRETCH / (block * FLOAT))));

    const lineBytes = patchSize * CHANNELS;
    const rowBytes = across * side * CHANNELS;
    const [table, input, output] = kernelPlaces(kernel, [
      CHANNELS * 256 * FLOAT,
      side * rowBytes,
      across * block * FLOAT,
    ]) as [number, number, number];
    const bytes = new Uint8Array(kernel.memory.buffer);
    const floats = new Float32Array(kernel.memory.buffer);
    for (const [c, values] of tables.entries()) floats.set(values, table / FLOAT + c * 256);

    const cutStretch = (top: number, left: number, blocks: number) => {
      for (let frame = 0; frame < frames.length; ) {
        const { data } = frames[frame]!;
        for (let y = 0; y < side; y++) {
          const from = ((top + y) * width + left) * CHANNELS;
          bytes.set(data.subarray(from, from + blocks * side * CHANNELS), input + y * rowBytes);
        }
        // A still fills two frames at once; a frame without a twin writes its numbers onto themselves.
        const twins = frames[frame + 1]?.data === data ? 2 : 1;
        const twin = (twins - 1) * area * FLOAT;
        let to = output + frame * area * FLOAT;
        for (let b = 0; b < blocks; b++) {
          for (let i = 0; i < mergeSize; i++) {
            const line = input + i * patchSize * rowBytes;
            for (let j = 0; j < mergeSize; j++, to += patch * FLOAT) {
              const corner = line + (b * mergeSize + j) * lineBytes;
              const last = corner + patchSize * rowBytes;
              kernel.cut(corner, last, rowBytes, lineBytes, table, to, twin, channel * FLOAT);
            }
          }
        }
        frame += twins;
      }
    };
    let to = 0;
    for (let top = 0; top < height; top += side) {
      for (let left = 0; left < width; left += across * side) {
        const blocks = Math.min(across, (width - left) / side);
        cutStretch(top, left, blocks);
        const from = output / FLOAT;
        patches.set(floats.subarray(from, from + blocks * block), to);
        to += blocks * block;
      }
    }
  };
}
