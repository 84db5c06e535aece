/**
 * @module
 * Gathers images into runs of the vision tower, fills its inputs and takes its tokens back.
 */
import type { FramePlan, VisionGraphs } from "../../../model/graph/index.ts";
import type { ImageGrid } from "../../../model/index.ts";
import { roundDownCount, roundUpCount } from "../buckets.ts";
import type { PreparedImage } from "./prepared-prompt.ts";

/** Patch slots in one run: enough to fill the machine, few enough to keep activations small. */
const MAX_SLOTS = 1536;

/** One frame of an image. */
interface Frame {
  readonly image: PreparedImage;
  readonly index: number;
}

/** Frames of one grid. */
export interface VisionBatch {
  /** Names the grid. */
  readonly key: string;
  readonly frames: readonly Frame[];
  readonly plan: FramePlan;
  /** Places for frames; those after the frames stay empty. */
  readonly slots: number;
}

export class VisionBatches {
  readonly #graphs: VisionGraphs;
  readonly #width: number;
  readonly #plans = new Map<string, FramePlan>();

  /** @param width numbers of an image's token, `imageTokenWidth` */
  constructor(graphs: VisionGraphs, width: number) {
    this.#graphs = graphs;
    this.#width = width;
  }

  /** Frames of one grid at a time, in runs of few sizes. */
  *of(images: readonly PreparedImage[]): Generator<VisionBatch> {
    const byGrid = new Map<string, Frame[]>();
    for (const image of images) {
      const key = `${image.grid[1]}x${image.grid[2]}`;
      const frames = Array.from({ length: image.grid[0] }, (_, index): Frame => ({ image, index }));
      byGrid.set(key, [...(byGrid.get(key) ?? []), ...frames]);
    }
    for (const [key, frames] of byGrid) {
      const plan = this.#plan(key, frames[0]!.image.grid);
      const perRun = Math.max(1, roundDownCount(Math.floor(MAX_SLOTS / plan.slots)));
      for (let start = 0; start < frames.length; start += perRun) {
        const part = frames.slice(start, start + perRun);
        yield { key, frames: part, plan, slots: roundUpCount(part.length) };
      }
    }
  }

  #plan(key: string, [, rows, columns]: ImageGrid): FramePlan {
    const known = this.#plans.get(key);
    if (known !== undefined) {
      return known;
    }
    const plan = this.#graphs.plan([rows, columns]);
    this.#plans.set(key, plan);
    return plan;
  }

  /** Patches in the plan's slots; padding and unused frames stay 0. */
  patches({ frames, plan, slots }: VisionBatch): Float32Array {
    const width = this.#graphs.patchWidth;
    const data = new Float32Array(slots * plan.slots * width);
    for (const [i, { image, index }] of frames.entries()) {
      const first = index * image.grid[1] * image.grid[2];
      for (let slot = 0; slot < plan.slots; slot++) {
        if (plan.real[slot] === 1) {
          const from = (first + plan.patch[slot]!) * width;
          data.set(image.patches.subarray(from, from + width), (i * plan.slots + slot) * width);
        }
      }
    }
    return data;
  }

  /**
   * Keeps the tokens `[slots · tokens, width]` of a run with their images, as computed by the weights of `version`.
   */
  keepTokens({ frames, plan }: VisionBatch, tokens: Float32Array, version: number): void {
    const size = plan.tokens * this.#width;
    for (const [i, { image, index }] of frames.entries()) {
      if (image.embeddings.length === 0) {
        image.embeddings = new Float32Array(image.grid[0] * size);
      }
      image.embeddings.set(tokens.subarray(i * size, (i + 1) * size), index * size);
      image.version = version;
    }
  }
}
