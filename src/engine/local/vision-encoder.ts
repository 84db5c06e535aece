/**
 * @module
 * Runs the vision tower over images, grid by grid, forwards and backwards. Its activations are not kept between
 * the two: backwards computes them anew, once an image, which is little beside a group of completions.
 */

import { type VisionPlan, visionGraph, visionPlan } from "../../model/graph/index.ts";
import type { ImageGrid, ModelConfig } from "../../model/index.ts";
import { gradients, type Tensor } from "../../tensor/index.ts";
import { roundDownCount, roundUpCount } from "./buckets.ts";
import type { ParameterStore } from "./parameter-store.ts";
import type { PreparedImage } from "./prepared-prompt.ts";
import type { ProgramCache } from "./program-cache.ts";

/** Patch slots in one run: enough to fill the machine, few enough to keep activations small. */
const MAX_SLOTS = 1536;

/** One frame of an image. */
interface Frame {
  readonly image: PreparedImage;
  readonly index: number;
}

export class VisionEncoder {
  readonly #config: ModelConfig;
  readonly #store: ParameterStore;
  readonly #programs: ProgramCache;
  readonly #plans = new Map<string, VisionPlan>();
  readonly #scratch: Float32Array;

  constructor(config: ModelConfig, store: ParameterStore, programs: ProgramCache) {
    this.#config = config;
    this.#store = store;
    this.#programs = programs;
    this.#scratch = new Float32Array(store.layout.size);
  }

  /** Brings the images' tokens up to date with the weights. `weights` other than the policy's are not cached. */
  async encode(images: Iterable<PreparedImage>, weights: Float32Array = this.#store.weights): Promise<void> {
    const version = weights === this.#store.weights ? this.#store.version : -1;
    const stale = [...new Set(images)].filter((image) => version === -1 || image.version !== version);
    for (const { frames, plan, slots } of this.#runs(stale)) {
      const { program, used } = await this.#forward(plan, slots);
      const { embeddings } = await program.run({
        ...this.#store.feeds(used, weights),
        patches: this.#patches(frames, plan, slots),
      });
      const size = plan.unitSlot.length * this.#config.vision.outHiddenSize;
      for (const [i, { image, index }] of frames.entries()) {
        if (image.embeddings.length === 0) {
          image.embeddings = new Float32Array(image.grid[0] * size);
        }
        image.embeddings.set(embeddings!.subarray(i * size, (i + 1) * size), index * size);
        image.version = version;
      }
    }
  }

  /** Adds the weights' gradient, given that of each image's tokens. */
  async backward(tokenGradients: ReadonlyMap<PreparedImage, Float32Array>): Promise<void> {
    for (const { frames, plan, slots } of this.#runs([...tokenGradients.keys()])) {
      const { program, used } = await this.#backward(plan, slots);
      const size = plan.unitSlot.length * this.#config.vision.outHiddenSize;
      const outputGradient = new Float32Array(slots * size);
      for (const [i, { image, index }] of frames.entries()) {
        const gradient = tokenGradients.get(image)!;
        outputGradient.set(gradient.subarray(index * size, (index + 1) * size), i * size);
      }
      const into = Object.fromEntries(
        [...used.keys()].map((pack) => [`d.${pack}`, this.#store.view(this.#scratch, pack)]),
      );
      await program.run(
        { ...this.#store.feeds(used), patches: this.#patches(frames, plan, slots), outputGradient },
        into,
      );
      for (const pack of used.keys()) {
        addInto(this.#store.view(this.#store.gradient, pack), this.#store.view(this.#scratch, pack));
      }
    }
  }

  /** Frames of one grid at a time, in runs of few sizes. */
  *#runs(images: readonly PreparedImage[]) {
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
        yield { frames: part, plan, slots: roundUpCount(part.length) };
      }
    }
  }

  #plan(key: string, [, rows, columns]: ImageGrid): VisionPlan {
    const known = this.#plans.get(key);
    if (known !== undefined) {
      return known;
    }
    const plan = visionPlan([rows, columns], this.#config.vision);
    this.#plans.set(key, plan);
    return plan;
  }

  /** Patches in the plan's slots; padding and unused frames stay 0. */
  #patches(frames: readonly Frame[], plan: VisionPlan, slots: number): Float32Array {
    const { inChannels, temporalPatchSize, patchSize } = this.#config.vision;
    const width = inChannels * temporalPatchSize * patchSize ** 2;
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

  #forward(plan: VisionPlan, frames: number) {
    return this.#programs.get(`vision ${this.#key(plan)} x${frames}`, async () => {
      const { graph, parameters, embeddings } = visionGraph(this.#config, this.#store.layout, plan, frames);
      const program = await this.#programs.compile(graph, { embeddings });
      return { program, used: parameters.used };
    });
  }

  #backward(plan: VisionPlan, frames: number) {
    return this.#programs.get(`vision backward ${this.#key(plan)} x${frames}`, async () => {
      const { graph, parameters, embeddings } = visionGraph(this.#config, this.#store.layout, plan, frames);
      const seed = { tensor: embeddings, gradient: graph.input("outputGradient", embeddings.shape) };
      const used = new Map(parameters.used);
      const parts = gradients(graph, [seed], [...used.values()]);
      const program = await this.#programs.compile(graph, gradientOutputs(used, parts));
      return { program, used };
    });
  }

  #key(plan: VisionPlan): string {
    return [...this.#plans].find(([, known]) => known === plan)![0];
  }
}

/** Program outputs `d.<pack>`. */
export function gradientOutputs(
  used: ReadonlyMap<string, Tensor>,
  parts: readonly Tensor[],
): Record<string, Tensor> {
  return Object.fromEntries([...used.keys()].map((pack, i) => [`d.${pack}`, parts[i]!]));
}

/** target += addend */
export function addInto(target: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < target.length; i++) {
    target[i]! += addend[i]!;
  }
}
