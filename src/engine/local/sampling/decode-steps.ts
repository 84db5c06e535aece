/**
 * @module
 * The decoding step of a batch as one program, in float32; `quantised-steps.ts` runs it in pieces, in 8 bits.
 */
import type { BatchShape } from "../../../model/graph/index.ts";
import { elementCount, type Feeds, type Program, type Results, type Tensor } from "../../../tensor/index.ts";
import { appendedCache } from "../device/device-decode-cache.ts";
import type { Machinery } from "../scoring/machinery.ts";

/** Runs decoding steps: the inputs and outputs of `decodeStepGraph`, without the parameters. */
export interface DecodeSteps {
  /** Arrays of an earlier step's outputs may be overwritten. */
  run(shape: BatchShape, feeds: Feeds): Promise<Results>;
}

/** Outputs of a step beside the distribution, keys and values. */
export interface StepRows {
  /** Whether the last layer's attention is returned, as `row`. */
  readonly row: boolean;
  /** Layers whose mean attention is returned, as `calibratedRow`; 0 for none. */
  readonly calibratedLayers: number;
}

/** Steps with the weights as they are. */
export class ExactSteps implements DecodeSteps {
  readonly #m: Machinery;
  readonly #rows: StepRows;
  #program: Program | undefined;
  #outputs: Record<string, Float32Array> = {};

  constructor(machinery: Machinery, rows: StepRows) {
    this.#m = machinery;
    this.#rows = rows;
  }

  async run(shape: BatchShape, feeds: Feeds): Promise<Results> {
    const { store } = this.#m;
    const { program, used } = await this.#compiled(shape);
    const into = store.device === undefined ? this.#outputsOf(program) : {};
    return program.runThere({ ...store.feeds(used), ...feeds }, into);
  }

  /** Fresh arrays at every step would be most of the garbage of sampling. */
  #outputsOf(program: Program): Record<string, Float32Array> {
    if (this.#program !== program) {
      this.#program = program;
      this.#outputs = Object.fromEntries(
        [...program.outputs].map(([name, { shape }]) => [name, new Float32Array(elementCount(shape))]),
      );
    }
    return this.#outputs;
  }

  #compiled(shape: BatchShape) {
    const { graphs, store, programs } = this.#m;
    const { row, calibratedLayers } = this.#rows;
    return programs.get(`decode ${JSON.stringify(shape)} ${row} ${calibratedLayers}`, async () => {
      const step = graphs.decoder.decodeStep(store.layout, shape);
      const kept =
        store.device === undefined
          ? layerOutputs(step.keys, step.values)
          : appendedCache(step.graph, step.keys, step.values);
      const outputs = {
        ...step.next,
        ...kept,
        ...(row && { row: step.row() }),
        ...(calibratedLayers > 0 && { calibratedRow: step.row(calibratedLayers) }),
      };
      const program = await programs.compile(step.graph, outputs, { resident: Object.keys(kept) });
      return { program, used: step.parameters.used };
    });
  }
}

/** Keys and values by their layers; a layer that has none has no output. */
export function layerOutputs(
  keys: readonly (Tensor | undefined)[],
  values: readonly (Tensor | undefined)[],
): Record<string, Tensor> {
  const named = (name: string, list: readonly (Tensor | undefined)[]) =>
    list.flatMap((tensor, layer) => (tensor === undefined ? [] : [[`${name}.${layer}`, tensor] as const]));
  return Object.fromEntries([...named("key", keys), ...named("value", values)]);
}
