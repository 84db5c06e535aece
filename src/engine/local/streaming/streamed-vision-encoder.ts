/**
 * @module
 * The vision tower with weights from the file: every block is read once for a wave of images, whose rows are held at once.
 */
import { EngineError } from "../../../errors/index.ts";
import type {
  ParameterLayout,
  StreamedVision,
  VisionGraphs,
  VisionStage,
} from "../../../model/graph/index.ts";
import { workingBytes } from "../../../tensor/index.ts";
import type { ProgramCache } from "../program-cache.ts";
import type { PreparedImage } from "../prompts/prepared-prompt.ts";
import { type VisionBatch, VisionBatches } from "../prompts/vision-batches.ts";
import { requireVisionRoom } from "../prompts/vision-room.ts";
import type { StreamedWeights } from "./streamed-weights.ts";
import { joinParts } from "./token-parts.ts";
import { waves } from "./waves.ts";

/** A run of the tower, half-way. */
interface Passage {
  readonly batch: VisionBatch;
  x: Float32Array;
  /** `[slots · tokens, D]` each: features for later layers that are done. */
  readonly later: Float32Array[];
}

export class StreamedVisionEncoder {
  readonly #tower: StreamedVision;
  readonly #layout: ParameterLayout;
  readonly #programs: ProgramCache;
  readonly #batches: VisionBatches;
  readonly #room: number;

  /**
   * @param width numbers of an image's token, `imageTokenWidth`
   * @param room bytes that a stage of the tower may take
   * @throws EngineError when the tower is not built for it
   */
  constructor(
    graphs: VisionGraphs,
    width: number,
    layout: ParameterLayout,
    programs: ProgramCache,
    room: number,
  ) {
    this.#room = room;
    if (graphs.streamed === undefined) {
      throw new EngineError(
        "stream: expected a model whose weights can be read in turn, got one that reads images by cross-attention, for which this is not built; open it with stream: false",
      );
    }
    this.#tower = graphs.streamed;
    this.#layout = layout;
    this.#programs = programs;
    this.#batches = new VisionBatches(graphs, width);
  }

  /**
   * Brings the images' tokens up to date with the weights of `version`.
   *
   * @throws EngineError when an image is too large for the memory of the process
   */
  async encode(images: Iterable<PreparedImage>, weights: StreamedWeights, version: number): Promise<void> {
    const stale = [...new Set(images)].filter((image) => image.version !== version);
    for (const wave of waves(this.#batches.of(stale), ({ slots, plan }) => slots * plan.slots)) {
      const passages = wave.map((batch): Passage => ({ batch, x: this.#batches.patches(batch), later: [] }));
      for (const stage of this.#tower.stages) {
        await this.#stage(passages, weights, stage);
      }
      for (const { batch, x, later } of passages) {
        this.#batches.keepTokens(batch, joinParts([x, ...later], batch.slots * batch.plan.tokens), version);
      }
    }
  }

  /** One stage of the tower for all runs, its weights read for the first of them. */
  async #stage(
    passages: readonly Passage[],
    weights: StreamedWeights,
    { kind, block, later }: VisionStage,
  ): Promise<void> {
    let fed: ReturnType<StreamedWeights["feeds"]> | undefined;
    for (const passage of passages) {
      const { program, used } = await this.#program(passage.batch, kind);
      fed ??= weights.feeds(used, block);
      const { y } = await program.run({ ...fed, x: passage.x });
      if (later === undefined) passage.x = y!;
      else passage.later[later] = y!;
    }
  }

  #program({ key, plan, slots }: VisionBatch, kind: VisionStage["kind"]) {
    return this.#programs.get(`vision ${kind} ${key} x${slots}`, async () => {
      const { graph, parameters, y } = this.#tower.piece(this.#layout, plan, slots, kind);
      const bytes = workingBytes(graph, [y]);
      requireVisionRoom(this.#room, { key, bytes, what: "a stage of the vision tower" });
      return { program: await this.#programs.compile(graph, { y }), used: parameters.used };
    });
  }
}
