/**
 * @module
 * Runs the vision tower over images, grid by grid, forwards and backwards. Its activations are not kept
 * between the two: the backward pass computes them again, once for each image. This costs little beside a group of
 * completions.
 */
import { workingBytes } from "../../../tensor/index.ts";
import type { PreparedImage } from "./prepared-prompt.ts";
import { type VisionBatch, VisionBatches } from "./vision-batches.ts";
import { VisionGradient, type VisionMachinery } from "./vision-gradient.ts";
import { requireVisionRoom } from "./vision-room.ts";

export class VisionEncoder {
  readonly #m: Required<VisionMachinery>;
  readonly #width: number;
  readonly #batches: VisionBatches;
  readonly #gradient: VisionGradient;

  /** @param width numbers of an image's token, `imageTokenWidth` */
  constructor(machinery: VisionMachinery, width: number) {
    this.#m = { memory: { room: Number.POSITIVE_INFINITY }, checkpointing: "auto", ...machinery };
    this.#width = width;
    this.#batches = new VisionBatches(machinery.graphs, width);
    this.#gradient = new VisionGradient(this.#m);
  }

  /**
   * Brings the images' tokens up to date with the weights. Where the tower is trained, tokens by `weights` other than the
   * policy's are not cached; where it is frozen, tokens are the same for all weights.
   *
   * @throws EngineError when an image is too large for the memory that is free
   */
  async encode(
    images: Iterable<PreparedImage>,
    weights: Float32Array = this.#m.store.weights,
  ): Promise<void> {
    const version = this.#versionOf(weights);
    const stale = [...new Set(images)].filter((image) => version === -1 || image.version !== version);
    for (const batch of this.#batches.of(stale)) {
      const { program, used } = await this.#forward(batch);
      const { embeddings } = await program.run({
        ...this.#m.store.feeds(used, weights),
        patches: this.#batches.patches(batch),
      });
      this.#batches.keepTokens(batch, embeddings!, version);
    }
  }

  /** The version under which tokens by these weights are cached; −1 where they are not. */
  #versionOf(weights: Float32Array): number {
    const { layout, version, frozenVersion } = this.#m.store;
    if (!layout.trainsVision) return frozenVersion;
    return weights === this.#m.store.weights ? version : -1;
  }

  /**
   * Adds the weights' gradient, given that of each image's tokens.
   *
   * @throws EngineError as `encode` does
   */
  async backward(tokenGradients: ReadonlyMap<PreparedImage, Float32Array>): Promise<void> {
    for (const batch of this.#batches.of([...tokenGradients.keys()])) {
      const { frames, plan, slots } = batch;
      const size = plan.tokens * this.#width;
      const outputGradient = new Float32Array(slots * size);
      for (const [i, { image, index }] of frames.entries()) {
        const gradient = tokenGradients.get(image)!;
        outputGradient.set(gradient.subarray(index * size, (index + 1) * size), i * size);
      }
      await this.#gradient.add(batch, { patches: this.#batches.patches(batch), outputGradient });
    }
  }

  #forward({ key, plan, slots }: VisionBatch) {
    const { graphs, store, programs, memory } = this.#m;
    return programs.get(`vision ${key} x${slots}`, async () => {
      const { graph, parameters, embeddings } = graphs.whole(store.layout, plan, slots);
      const bytes = workingBytes(graph, [embeddings]);
      requireVisionRoom(memory.room, { key, bytes, what: "the vision tower" });
      const program = await programs.compile(graph, { embeddings });
      return { program, used: parameters.used };
    });
  }
}
