/**
 * @module
 * The stages of decoding steps in 8 bits, compiled with the weights as they were when they were last asked for. A stage
 * whose matrices are frozen is compiled once.
 */
import { type ModelGraphs, stagePacks } from "../../../model/graph/index.ts";
import type { TextConfig } from "../../../model/index.ts";
import {
  type Feeds,
  Program,
  type ProgramOptions,
  quantise,
  quantisedBytes,
  type Targets,
  type Tensor,
} from "../../../tensor/index.ts";
import type { ParameterStore } from "./parameter-store.ts";

interface Stage {
  readonly program: Program;
  readonly used: ReadonlyMap<string, Tensor>;
  /** Of the weights; undefined where none of them changes. */
  readonly version: number | undefined;
}

export class QuantisedStages {
  readonly #text: TextConfig;
  readonly #graphs: ModelGraphs;
  readonly #store: ParameterStore;
  readonly #options: ProgramOptions;
  readonly #stages: (Stage | undefined)[] = [];

  constructor(text: TextConfig, graphs: ModelGraphs, store: ParameterStore, options: ProgramOptions) {
    this.#text = text;
    this.#graphs = graphs;
    this.#store = store;
    this.#options = options;
  }

  /** Bytes of all matrices in 8 bits. */
  get bytes(): number {
    const { packs } = this.#store.layout;
    const stages = Array.from({ length: this.#text.layers + 1 }, (_, stage) => stagePacks(this.#text, stage));
    return stages.flat().reduce((sum, pack) => {
      const [rows, columns] = packs.get(pack)!.shape as [number, number];
      return sum + quantisedBytes(rows, columns);
    }, 0);
  }

  /**
   * Runs a stage with the present weights.
   *
   * @throws NumericError when a weight is not finite
   */
  async run(stage: number, feeds: Feeds, into: Targets): Promise<Record<string, Float32Array>> {
    const { program, used } = await this.#current(stage);
    return program.run({ ...this.#store.feeds(used), ...feeds }, into);
  }

  async clear(): Promise<void> {
    const stages = this.#stages.splice(0).filter((stage) => stage !== undefined);
    await Promise.all(stages.map(({ program }) => program.release()));
  }

  async #current(stage: number): Promise<Stage> {
    const known = this.#stages[stage];
    if (known !== undefined && (known.version ?? this.#store.version) === this.#store.version) return known;
    this.#stages[stage] = undefined;
    await known?.program.release();
    const compiled = await this.#compile(stage);
    this.#stages[stage] = compiled;
    return compiled;
  }

  async #compile(stage: number): Promise<Stage> {
    const { layout, weights, version } = this.#store;
    const { graph, parameters, rows, outputs } = this.#graphs.decoder.stage(layout, stage, (pack) => {
      const [height, width] = layout.packs.get(pack)!.shape as [number, number];
      return quantise(this.#store.view(weights, pack), height, width);
    });
    const isFrozen = stagePacks(this.#text, stage).every((pack) => layout.packs.get(pack)!.isFrozen);
    return {
      program: await Program.compile(graph, outputs, { ...this.#options, rows }),
      used: parameters.used,
      version: isFrozen ? undefined : version,
    };
  }
}
