/**
 * @module
 * The head over the rows of a batch, in programs of its own, forwards and backwards. Its logits are
 * `[rows × vocabulary]`, by far the largest tensor of a model with a real vocabulary, so rows are taken some at a time.
 * The coefficients of a gradient are known before it, so that one program computes the logits of its rows, their
 * gradient and the gradient of the rows, and adds the gradient of the weight.
 */
import { GraphParameters, type HeadGraph, type ModelGraphs } from "../../../model/graph/index.ts";
import {
  addProduct,
  Graph,
  gradients,
  jensenShannon,
  type Seed,
  softmaxDivergence,
  softmaxEntropy,
  type Targets,
  type Tensor,
  workingBytes,
} from "../../../tensor/index.ts";
import { roundDownCount } from "../buckets.ts";
import type { MemoryPlan } from "../memory/memory-plan.ts";
import type { ProgramCache } from "../program-cache.ts";
import {
  accumulate,
  accumulated,
  gradientOutputs,
  gradientSoFar,
  outputName,
} from "../weights/accumulated.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import { type HeadWanted, headOutputs } from "./scoring.ts";

/** The head's input of a batch. */
export interface HeadRows {
  /** `[N, D]` after the final norm. */
  readonly hidden: Float32Array;
  /** `[N]` */
  readonly targets: BigInt64Array;
  readonly temperature: number;
}

/** The terms with coefficients: Σ c·log π, Σ d·V and Σ e·H. */
export const PARTS = ["logprobs", "values", "entropy"] as const;
export type Part = (typeof PARTS)[number];

/** The head's graph on rows that are an input. */
interface RowsGraph extends HeadGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** `[N, D]` */
  readonly hidden: Tensor;
}

/** The requested outputs of a graph. */
type Build = (head: RowsGraph) => Readonly<Record<string, Tensor>>;

/** Seeds of the gradient; declares the input `c.<part>` `[N]` of each part. */
export function headSeeds(head: HeadGraph, parts: readonly Part[]): Seed[] {
  return parts.map((part) => {
    const tensor =
      part === "logprobs" ? head.logprobs : part === "values" ? head.values() : softmaxEntropy(head.logits);
    return { tensor, gradient: tensor.graph.input(`c.${part}`, tensor.shape) };
  });
}

/** Rows from one place to another, the last excluded. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class Head {
  readonly #graphs: ModelGraphs;
  readonly #store: ParameterStore;
  readonly #programs: ProgramCache;
  readonly #memory: MemoryPlan;
  readonly #width: number;
  readonly #bytesPerRow = new Map<string, number>();

  /** @param width D */
  constructor(
    graphs: ModelGraphs,
    width: number,
    store: ParameterStore,
    programs: ProgramCache,
    memory: MemoryPlan,
  ) {
    this.#graphs = graphs;
    this.#width = width;
    this.#store = store;
    this.#programs = programs;
    this.#memory = memory;
  }

  /** Log-probs of the targets and what else is wanted, row by row. */
  score(
    rows: HeadRows,
    { entropy, nucleus, values, likeliest, alternatives }: HeadWanted,
    weights: Float32Array,
  ): Promise<Record<string, Float32Array>> {
    const wanted = { entropy, nucleus, values, likeliest, alternatives };
    const build: Build = (head) => headOutputs(head, wanted);
    return this.#forward(`head ${JSON.stringify(wanted)}`, build, rows, {}, weights);
  }

  /**
   * Log-probs of the targets, entropies, and the divergences from the distributions of other rows, row by row.
   *
   * @param comparedHidden `[N, D]`
   */
  compare(
    rows: HeadRows,
    comparedHidden: Float32Array,
    weights: Float32Array,
  ): Promise<Record<string, Float32Array>> {
    const build: Build = ({ graph, hidden, logits, logprobs, logitsOf }) => {
      const compared = logitsOf(graph.input("comparedHidden", hidden.shape));
      return {
        logprobs,
        divergence: softmaxDivergence(compared, logits),
        jensenShannon: jensenShannon(compared, logits),
        entropy: softmaxEntropy(logits),
      };
    };
    return this.#forward("head compared", build, rows, { comparedHidden }, weights);
  }

  /** Whether so many rows of a gradient are taken at once. */
  takesAll(rows: number, parts: readonly Part[]): boolean {
    return (
      this.#stretches(gradientKey(parts), rows, (head) => this.#gradientOutputs(head, parts, true)).length ===
      1
    );
  }

  /**
   * Adds the weights' gradient to the store's.
   *
   * @param coefficients `[N]` of each part
   * @returns `[N, D]` gradient of the rows
   */
  async gradient(
    { hidden, targets, temperature }: HeadRows,
    coefficients: Readonly<Partial<Record<Part, Float32Array>>>,
  ): Promise<Float32Array> {
    const parts = PARTS.filter((part) => coefficients[part]);
    const count = targets.length;
    const seeds = Object.fromEntries(parts.map((part) => [`c.${part}`, coefficients[part]!]));
    const key = gradientKey(parts);
    const stretches = this.#stretches(key, count, (head) => this.#gradientOutputs(head, parts, true));
    const hiddenGradient = new Float32Array(hidden.length);
    for (const stretch of stretches) {
      const build: Build = (head) => this.#gradientOutputs(head, parts, stretches.length > 1);
      const { program, used } = await this.#program(`${key} ${stretches.length > 1}`, stretch, build);
      const feeds = {
        ...this.#store.feeds(used),
        ...cut({ hidden, targets, ...seeds }, count, stretch),
        inverseTemperature: Float32Array.of(1 / temperature),
      };
      const into = cut({ hiddenGradient }, count, stretch);
      await accumulate(this.#store, program, this.#store.trained(used).keys(), feeds, into);
    }
    return hiddenGradient;
  }

  async #forward(
    key: string,
    build: Build,
    { hidden, targets, temperature }: HeadRows,
    others: Targets,
    weights: Float32Array,
  ): Promise<Record<string, Float32Array>> {
    const count = targets.length;
    const whole: Record<string, Float32Array> = {};
    for (const stretch of this.#stretches(key, count, build)) {
      const { program, used } = await this.#program(key, stretch, build);
      for (const [name, { shape }] of program.outputs) {
        whole[name] ??= new Float32Array(count * (shape[1] ?? 1));
      }
      const feeds = {
        ...this.#store.feeds(used, weights),
        ...cut({ hidden, targets, ...others }, count, stretch),
        inverseTemperature: Float32Array.of(1 / temperature),
      };
      await program.run(feeds, cut(whole, count, stretch));
    }
    return whole;
  }

  /** @param isCut whether other rows come after these, so that the weight's gradient is added as it is made */
  #gradientOutputs(head: RowsGraph, parts: readonly Part[], isCut: boolean): Record<string, Tensor> {
    const { graph, parameters, hidden, pack, products } = head;
    const seeds = headSeeds(head, parts);
    const trained = new Map(this.#store.trained(parameters.used));
    const weight = isCut ? trained.get(pack) : undefined;
    if (weight !== undefined) trained.delete(pack);
    const [hiddenGradient, ofProducts, ...found] = gradients(graph, seeds, [
      hidden,
      products,
      ...trained.values(),
    ]);
    return {
      hiddenGradient: hiddenGradient!,
      ...accumulated(graph, trained, found),
      ...(weight && {
        [outputName(pack)]: addProduct(gradientSoFar(graph, pack, weight), ofProducts!, hidden),
      }),
    };
  }

  /** Rows in stretches as long as memory allows, of lengths that are few, so that few programs serve all batches. */
  #stretches(key: string, count: number, build: Build): Stretch[] {
    const most = Math.floor(this.#memory.headBytes / this.#rowBytes(key, build));
    const length = count <= most ? count : Math.max(1, roundDownCount(most));
    return Array.from({ length: Math.ceil(count / length) }, (_, i) => ({
      from: i * length,
      to: Math.min(count, (i + 1) * length),
    }));
  }

  /** Bytes that a row takes while its outputs are made. */
  #rowBytes(key: string, build: Build): number {
    const known = this.#bytesPerRow.get(key);
    if (known !== undefined) return known;
    const sample = 64;
    const head = this.#rowsGraph(sample);
    const bytes = workingBytes(head.graph, Object.values(build(head))) / sample;
    this.#bytesPerRow.set(key, bytes);
    return bytes;
  }

  #rowsGraph(rows: number): RowsGraph {
    const graph = new Graph();
    const parameters = new GraphParameters(graph, this.#store.layout);
    const hidden = graph.input("hidden", [rows, this.#width]);
    return { graph, parameters, hidden, ...this.#graphs.decoder.head(hidden, parameters) };
  }

  #program(key: string, { from, to }: Stretch, build: Build) {
    return this.#programs.get(`${key} ${to - from}`, async () => {
      const head = this.#rowsGraph(to - from);
      const outputs = build(head);
      const resident = gradientOutputs(outputs);
      const program = await this.#programs.compile(head.graph, outputs, { resident });
      return { program, used: new Map(head.parameters.used) };
    });
  }
}

const gradientKey = (parts: readonly Part[]) => `head gradient ${parts.join()}`;

/** A stretch's part of arrays with `count` equal rows. */
function cut<T extends Targets>(arrays: T, count: number, { from, to }: Stretch): T {
  const entries = Object.entries(arrays).map(([name, array]) => {
    const width = array.length / count;
    return [name, array.subarray(from * width, to * width)];
  });
  return Object.fromEntries(entries);
}
