/**
 * @module
 * The vocabulary's embeddings on a graphics adapter: rows are looked up there, and their gradient is added up there, so that
 * no vocabulary crosses to the processor.
 */
import {
  add,
  concatenate,
  type Device,
  type DeviceArray,
  Graph,
  gatherRows,
  linear,
  multiply,
  type Program,
  type Shape,
  slice,
  type Tensor,
  transpose,
} from "../../../tensor/index.ts";
import { roundUpCount } from "../buckets.ts";
import { ProgramCache } from "../program-cache.ts";
import type { DecoderRows } from "../prompts/decoder-batch.ts";
import type { ResidentPacks } from "./resident-packs.ts";

/** Programs kept: each batch has as many tokens of its own, and every number of them is a program. */
const PROGRAMS = 30;

export class DeviceEmbedding {
  /** `[V, D]` */
  readonly #shape: Shape;
  readonly #programs: ProgramCache;

  constructor(shape: Shape, device: Device) {
    this.#shape = shape;
    this.#programs = new ProgramCache(PROGRAMS, { device });
  }

  /**
   * The decoder's input.
   *
   * @param embedding `[V, D]`
   * @returns `[N, (1 + K)·D]`, which the caller disposes of
   */
  async rows(rows: DecoderRows, embedding: DeviceArray): Promise<DeviceArray> {
    const { count, width, tokens, isText, embeddings, hasImages } = rows;
    const program = await this.#program(`rows ${count}x${width} ${hasImages}`, () => {
      const graph = new Graph();
      const words = this.#words(graph, count, width);
      const output = hasImages ? add(words, graph.input("images", [count, width])) : words;
      return { graph, outputs: { embeddings: output } };
    });
    const feeds = { embedding, tokens, isText, ...(hasImages && { images: embeddings }) };
    return (await program.runThere(feeds)).device["embeddings"]!;
  }

  /**
   * Adds the gradient of text rows to that of the vocabulary. Rows of one token are summed by a product with the matrix that
   * says which rows are whose, in one order, so that repeated runs are bitwise identical.
   *
   * @param gradient `[N, (1 + K)·D]`
   */
  async addGradient(rows: DecoderRows, gradient: DeviceArray, sums: ResidentPacks): Promise<void> {
    const { count, width, tokens, isText } = rows;
    const used = [...new Set(tokens.filter((_, row) => isText[row] === 1))];
    if (used.length === 0) return;
    const places = roundUpCount(used.length);
    // A place without a token of its own repeats the last: the same row is written twice.
    const ids = BigInt64Array.from({ length: places }, (_, i) => used[Math.min(i, used.length - 1)]!);
    const program = await this.#program(`gradient ${count}x${width} ${places}`, () =>
      this.#gradientGraph(count, width, places),
    );
    const asNumbers = (values: BigInt64Array) => Float32Array.from(values, Number);
    const { device } = await program.runThere({
      sum: sums.get("embedding"),
      gradient,
      ids,
      idNumbers: asNumbers(ids),
      tokenNumbers: asNumbers(tokens),
      isText,
    });
    sums.put("embedding", device["sum"]!);
  }

  /** The rows of a gradient in memory. */
  async download(gradient: DeviceArray): Promise<Float32Array> {
    const program = await this.#program(`home ${gradient.shape.join("x")}`, () => {
      const graph = new Graph();
      return { graph, outputs: { rows: graph.input("gradient", gradient.shape) }, stays: false };
    });
    return (await program.run({ gradient }))["rows"]!;
  }

  async release(): Promise<void> {
    await this.#programs.clear();
  }

  /** Rows of the vocabulary where there is text, zeros elsewhere. */
  #words(graph: Graph, count: number, width: number) {
    const embedding = graph.input("embedding", this.#shape);
    const picked = gatherRows(embedding, graph.input("tokens", [count], "int64"));
    const words = multiply(picked, graph.input("isText", [count, 1]));
    const rest = width - this.#shape[1]!;
    if (rest === 0) return words;
    const nothing = graph.single("Expand", [graph.scalar(0), graph.integers([count, rest])], [count, rest]);
    return concatenate([words, nothing], 1);
  }

  #gradientGraph(count: number, width: number, places: number) {
    const graph = new Graph();
    const textWidth = this.#shape[1]!;
    const sum = graph.input("sum", this.#shape);
    const ids = graph.input("ids", [places], "int64");
    const isText = graph.input("isText", [count, 1]);
    const own = multiply(slice(graph.input("gradient", [count, width]), 1, 0, textWidth), isText);
    const same = graph.single(
      "Equal",
      [graph.input("idNumbers", [places, 1]), graph.input("tokenNumbers", [1, count])],
      [places, count],
      { type: "bool" },
    );
    const owner = graph.single("Cast", [same], [places, count], { attributes: { to: 1n } });
    const added = add(gatherRows(sum, ids), linear(owner, transpose(own, [1, 0])));
    const column = graph.single("Unsqueeze", [ids, graph.integers([1])], [places, 1], { type: "int64" });
    const index = graph.single("Expand", [column, graph.integers([places, textWidth])], [places, textWidth], {
      type: "int64",
    });
    const output = graph.single("ScatterElements", [sum, index, added], sum.shape, {
      attributes: { axis: 0n },
    });
    return { graph, outputs: { sum: output } };
  }

  async #program(key: string, build: () => Built): Promise<Program> {
    const { program } = await this.#programs.get(key, async () => {
      const { graph, outputs, stays = true } = build();
      const resident = stays ? Object.keys(outputs) : [];
      return { program: await this.#programs.compile(graph, outputs, { resident }) };
    });
    return program;
  }
}

interface Built {
  readonly graph: Graph;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Whether the outputs stay on the device; they do unless said otherwise. */
  readonly stays?: boolean;
}
