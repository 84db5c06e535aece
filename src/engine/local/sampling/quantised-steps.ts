/**
 * @module
 * Decoding steps with the decoder's and the head's matrices in 8 bits: stage by stage, attention between them. Attention,
 * norms and adapters are in float32, and so is the prompt, whose keys and values prefill has computed.
 */
import type { BatchShape } from "../../../model/graph/index.ts";
import type { Feeds, Results, Targets } from "../../../tensor/index.ts";
import type { Machinery } from "../scoring/machinery.ts";
import type { QuantisedStages } from "../weights/quantised-stages.ts";
import type { DecodeSteps } from "./decode-steps.ts";

/** Inputs of attention that every layer has its own of. */
const OF_LAYER = ["promptKey", "promptValue", "cacheKey", "cacheValue"] as const;

export class QuantisedSteps implements DecodeSteps {
  readonly #m: Machinery;
  readonly #stages: QuantisedStages;
  readonly #arrays = new Map<string, Float32Array>();

  constructor(machinery: Machinery, stages: QuantisedStages) {
    this.#m = machinery;
    this.#stages = stages;
  }

  async run(shape: BatchShape, feeds: Feeds): Promise<Results> {
    const { hiddenSize, heads, kvHeads, headDim, layers, vocabSize } = this.#m.config.text;
    const count = shape.prompts * shape.groupSize;
    const array = (name: string, width: number) => this.#array(name, count * width);
    const outputs: Record<string, Float32Array> = {};
    let x = feeds["embeddings"] as Float32Array;
    let projected = await this.#stages.run(0, { x }, this.#projections(0, count));
    for (let layer = 0; layer < layers; layer++) {
      const { queryKey, value } = projected as { queryKey: Float32Array; value: Float32Array };
      const key = array(`key.${layer}`, kvHeads * headDim);
      const mixed = array("mixed", heads * headDim);
      await this.#attend(shape, layer, { ...feeds, queryKey, value }, { mixed, key });
      outputs[`key.${layer}`] = key;
      outputs[`value.${layer}`] = value;
      const stage = layer + 1;
      if (stage === layers) {
        const next = {
          logprobs: array("logprobs", vocabSize),
          probabilities: array("probabilities", vocabSize),
          entropy: array("entropy", 1),
        };
        const inverseTemperature = feeds["inverseTemperature"]!;
        const distribution = await this.#stages.run(stage, { x, mixed, inverseTemperature }, next);
        return { host: { ...outputs, ...distribution }, device: {} };
      }
      const y = array(`x.${stage % 2}`, hiddenSize);
      projected = await this.#stages.run(stage, { x, mixed }, { y, ...this.#projections(stage, count) });
      x = y;
    }
    return { host: outputs, device: {} };
  }

  #projections(layer: number, count: number) {
    const { heads, kvHeads, headDim } = this.#m.config.text;
    return {
      queryKey: this.#array("queryKey", count * (heads + kvHeads) * headDim),
      value: this.#array(`value.${layer}`, count * kvHeads * headDim),
    };
  }

  async #attend(shape: BatchShape, layer: number, feeds: Feeds, into: Targets): Promise<void> {
    const { graphs, store, programs } = this.#m;
    const { program, used } = await programs.get(`decode attention ${JSON.stringify(shape)}`, async () => {
      const { graph, outputs, parameters } = graphs.decoder.stepAttention(store.layout, shape);
      return { program: await programs.compile(graph, outputs), used: [...parameters.used.keys()] };
    });
    const own = OF_LAYER.map((name) => [`${name}.0`, feeds[`${name}.${layer}`]!] as const);
    const norms = used.map(
      (pack) => [pack, store.view(store.weights, pack.replace(".0.", `.${layer}.`))] as const,
    );
    await program.run({ ...feeds, ...Object.fromEntries([...own, ...norms]) }, into);
  }

  /** An array of this name and size, of an earlier step where there was one. */
  #array(name: string, size: number): Float32Array {
    const known = this.#arrays.get(name);
    if (known?.length === size) return known;
    const fresh = new Float32Array(size);
    this.#arrays.set(name, fresh);
    return fresh;
  }
}
