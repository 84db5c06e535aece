/**
 * @module
 * Runs the vision tower over images, grid by grid, forwards and backwards. Its activations are not kept
 * between the two: the backward pass computes them again, once for each image. This costs little beside a group of
 * completions.
 */
import type { VisionGraphs } from "../../../model/graph/index.ts";
import { gradients } from "../../../tensor/index.ts";
import type { ProgramCache } from "../program-cache.ts";
import { accumulate, accumulated, gradientOutputs } from "../weights/accumulated.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import type { PreparedImage } from "./prepared-prompt.ts";
import { type VisionBatch, VisionBatches } from "./vision-batches.ts";
import { requireVisionRoom } from "./vision-room.ts";

export class VisionEncoder {
  readonly #graphs: VisionGraphs;
  readonly #width: number;
  readonly #store: ParameterStore;
  readonly #programs: ProgramCache;
  readonly #batches: VisionBatches;
  readonly #room: () => number;

  /**
   * @param width numbers of an image's token, `imageTokenWidth`
   * @param room bytes that a run of the tower may take at present
   */
  constructor(
    graphs: VisionGraphs,
    width: number,
    store: ParameterStore,
    programs: ProgramCache,
    room: () => number = () => Number.POSITIVE_INFINITY,
  ) {
    this.#room = room;
    this.#graphs = graphs;
    this.#width = width;
    this.#store = store;
    this.#programs = programs;
    this.#batches = new VisionBatches(graphs, width);
  }

  /**
   * Brings the images' tokens up to date with the weights. Where the tower is trained, tokens by `weights` other than the
   * policy's are not cached; where it is frozen, tokens are the same for all weights.
   *
   * @throws EngineError when an image is too large for the memory that is free
   */
  async encode(images: Iterable<PreparedImage>, weights: Float32Array = this.#store.weights): Promise<void> {
    const version = this.#versionOf(weights);
    const stale = [...new Set(images)].filter((image) => version === -1 || image.version !== version);
    for (const batch of this.#batches.of(stale)) {
      const { program, used } = await this.#forward(batch);
      const { embeddings } = await program.run({
        ...this.#store.feeds(used, weights),
        patches: this.#batches.patches(batch),
      });
      this.#batches.keepTokens(batch, embeddings!, version);
    }
  }

  /** The version under which tokens by these weights are cached; −1 where they are not. */
  #versionOf(weights: Float32Array): number {
    const { layout, version, frozenVersion } = this.#store;
    if (!layout.trainsVision) return frozenVersion;
    return weights === this.#store.weights ? version : -1;
  }

  /**
   * Adds the weights' gradient, given that of each image's tokens.
   *
   * @throws EngineError as `encode` does
   */
  async backward(tokenGradients: ReadonlyMap<PreparedImage, Float32Array>): Promise<void> {
    for (const batch of this.#batches.of([...tokenGradients.keys()])) {
      const { frames, plan, slots } = batch;
      const { program, used, trained } = await this.#backward(batch);
      const size = plan.tokens * this.#width;
      const outputGradient = new Float32Array(slots * size);
      for (const [i, { image, index }] of frames.entries()) {
        const gradient = tokenGradients.get(image)!;
        outputGradient.set(gradient.subarray(index * size, (index + 1) * size), i * size);
      }
      await accumulate(this.#store, program, trained.keys(), {
        ...this.#store.feeds(used),
        patches: this.#batches.patches(batch),
        outputGradient,
      });
    }
  }

  #forward({ key, plan, slots }: VisionBatch) {
    return this.#programs.get(`vision ${key} x${slots}`, async () => {
      const { graph, parameters, embeddings } = this.#graphs.whole(this.#store.layout, plan, slots);
      requireVisionRoom(this.#room(), { key, graph, outputs: [embeddings], what: "the vision tower" });
      const program = await this.#programs.compile(graph, { embeddings });
      return { program, used: parameters.used };
    });
  }

  #backward({ key, plan, slots }: VisionBatch) {
    return this.#programs.get(`vision backward ${key} x${slots}`, async () => {
      const { graph, parameters, embeddings } = this.#graphs.whole(this.#store.layout, plan, slots);
      const seed = { tensor: embeddings, gradient: graph.input("outputGradient", embeddings.shape) };
      const used = new Map(parameters.used);
      const trained = this.#store.trained(used);
      const parts = gradients(graph, [seed], [...trained.values()]);
      const outputs = accumulated(graph, trained, parts);
      const what = "the vision tower's gradient";
      requireVisionRoom(this.#room(), { key, graph, outputs: Object.values(outputs), what });
      const program = await this.#programs.compile(graph, outputs, { resident: gradientOutputs(outputs) });
      return { program, used, trained };
    });
  }
}
