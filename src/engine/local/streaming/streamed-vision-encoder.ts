/**
 * @module
 * The vision tower with weights from the file: every block is read once for all images of a call.
 */
import { type ParameterLayout, streamedVisionGraph, type VisionStage } from "../../../model/graph/index.ts";
import type { ModelConfig } from "../../../model/index.ts";
import type { ProgramCache } from "../program-cache.ts";
import type { PreparedImage } from "../prompts/prepared-prompt.ts";
import { type VisionBatch, VisionBatches } from "../prompts/vision-batches.ts";
import type { StreamedWeights } from "./streamed-weights.ts";

/** A run of the tower, half-way. */
interface Passage {
  readonly batch: VisionBatch;
  x: Float32Array;
}

export class StreamedVisionEncoder {
  readonly #config: ModelConfig;
  readonly #layout: ParameterLayout;
  readonly #programs: ProgramCache;
  readonly #batches: VisionBatches;

  constructor(config: ModelConfig, layout: ParameterLayout, programs: ProgramCache) {
    this.#config = config;
    this.#layout = layout;
    this.#programs = programs;
    this.#batches = new VisionBatches(config);
  }

  /** Brings the images' tokens up to date with the weights of `version`. */
  async encode(images: Iterable<PreparedImage>, weights: StreamedWeights, version: number): Promise<void> {
    const stale = [...new Set(images)].filter((image) => image.version !== version);
    const passages = [...this.#batches.of(stale)].map(
      (batch): Passage => ({ batch, x: this.#batches.patches(batch) }),
    );
    if (passages.length === 0) {
      return;
    }
    await this.#stage(passages, weights, "patches", 0);
    const { depth, fullAttentionBlocks } = this.#config.vision;
    for (let block = 0; block < depth; block++) {
      const kind = fullAttentionBlocks.includes(block) ? "whole" : "windows";
      await this.#stage(passages, weights, kind, block);
    }
    await this.#stage(passages, weights, "merger", 0);
    for (const { batch, x } of passages) {
      this.#batches.keepTokens(batch, x, version);
    }
  }

  /** One stage of the tower for all runs, its weights read for the first of them. */
  async #stage(
    passages: readonly Passage[],
    weights: StreamedWeights,
    stage: VisionStage,
    block: number,
  ): Promise<void> {
    let fed: ReturnType<StreamedWeights["feeds"]> | undefined;
    for (const passage of passages) {
      const { program, used } = await this.#program(passage.batch, stage);
      fed ??= weights.feeds(used, block);
      const { y } = await program.run({ ...fed, x: passage.x });
      passage.x = y!;
    }
  }

  #program({ key, plan, slots }: VisionBatch, stage: VisionStage) {
    return this.#programs.get(`vision ${stage} ${key} x${slots}`, async () => {
      const { graph, parameters, y } = streamedVisionGraph(this.#config, this.#layout, plan, slots, stage);
      return { program: await this.#programs.compile(graph, { y }), used: parameters.used };
    });
  }
}
