/**
 * @module
 * Exported ONNX files run by onnxruntime alone, as a program without Fovea would: greedily, one sequence, the prompt in
 * one run and then token by token.
 */
import { join } from "node:path";
import * as ort from "onnxruntime-node";

/** A prompt as ids with pads spelled out, and the pixels of its images and videos. */
export interface OnnxPrompt {
  readonly tokens: ArrayLike<number>;
  readonly positions: {
    /** Time, height and width, `[S]` each. */
    readonly components: readonly ArrayLike<number>[];
    readonly next: number;
  };
  readonly images: readonly {
    readonly patches: Float32Array;
    readonly grid: readonly [number, number, number];
  }[];
}

export interface OnnxGeneration {
  readonly tokens: number[];
  /** `[T]` nats. */
  readonly logprobs: number[];
  /** `[layers][T]` own rows, each on all keys up to the token's own; the last token is fed once more for its row. */
  readonly rows: number[][][];
}

export interface DecodeStep {
  readonly embeddings: ort.Tensor;
  readonly mask: readonly number[];
  readonly positions: readonly number[];
  readonly kept: number;
  readonly cache?: Record<string, ort.Tensor>;
}

const OPTIONS: ort.InferenceSession.SessionOptions = { intraOpNumThreads: 1, logSeverityLevel: 3 };

export class OnnxModel {
  readonly #vision: ort.InferenceSession;
  readonly #embedding: ort.InferenceSession;
  readonly #decoder: ort.InferenceSession;

  private constructor(sessions: readonly ort.InferenceSession[]) {
    [this.#vision, this.#embedding, this.#decoder] = sessions as [
      ort.InferenceSession,
      ort.InferenceSession,
      ort.InferenceSession,
    ];
  }

  static async open(directory: string): Promise<OnnxModel> {
    const files = ["vision.onnx", "embedding.onnx", "decoder.onnx"];
    return new OnnxModel(
      await Promise.all(files.map((file) => ort.InferenceSession.create(join(directory, file), OPTIONS))),
    );
  }

  async close(): Promise<void> {
    for (const session of [this.#vision, this.#embedding, this.#decoder]) await session.release();
  }

  get outputNames(): readonly string[] {
    return this.#decoder.outputNames;
  }

  /** The tokens that an image or video takes, `[image_tokens, D]`. */
  async see(patches: Float32Array, grid: readonly number[]): Promise<ort.Tensor> {
    const count = grid.reduce((product, size) => product * size, 1);
    const feeds = {
      pixel_values: new ort.Tensor("float32", patches, [count, patches.length / count]),
      grid_thw: integers(grid, [3]),
    };
    return (await this.#vision.run(feeds))["image_features"]!;
  }

  async embed(ids: ArrayLike<number>, batch: number, features: Float32Array): Promise<ort.Tensor> {
    const width = this.#width();
    const feeds = {
      input_ids: integers(ids, [batch, ids.length / batch]),
      image_features: new ort.Tensor("float32", features, [features.length / width, width]),
    };
    return (await this.#embedding.run(feeds))["inputs_embeds"]!;
  }

  /** The decoder's caches before the first run. */
  emptyCache(batch: number): Record<string, ort.Tensor> {
    const cache: Record<string, ort.Tensor> = {};
    for (const input of this.#decoder.inputMetadata) {
      if (input.name.startsWith("past_key_values.") && input.isTensor) {
        const [, heads, , width] = input.shape as [unknown, number, unknown, number];
        cache[input.name] = new ort.Tensor("float32", new Float32Array(), [batch, heads, 0, width]);
      }
    }
    return cache;
  }

  /**
   * One run of the decoder.
   *
   * @param step positions `[components · batch · sequence]`, mask `[batch · total]`; an empty cache unless given
   */
  async decode(step: DecodeStep): Promise<Record<string, ort.Tensor>> {
    const [batch, sequence] = step.embeddings.dims as [number, number];
    return this.#decoder.run({
      ...(step.cache ?? this.emptyCache(batch)),
      inputs_embeds: step.embeddings,
      attention_mask: integers(step.mask, [batch, step.mask.length / batch]),
      position_ids: integers(step.positions, [step.positions.length / (batch * sequence), batch, sequence]),
      num_logits_to_keep: integers([step.kept], []),
    });
  }

  /** Greedy tokens; `banned` ids are never taken. */
  async generate(
    prompt: OnnxPrompt,
    maxTokens: number,
    {
      banned,
      stopTokens = [],
    }: { readonly banned: readonly number[]; readonly stopTokens?: readonly number[] },
  ): Promise<OnnxGeneration> {
    const seen = await Promise.all(prompt.images.map(({ patches, grid }) => this.see(patches, grid)));
    const features = Float32Array.from(seen.flatMap((tokens) => [...(tokens.data as Float32Array)]));
    const { components, next } = prompt.positions;
    const generation: OnnxGeneration = { tokens: [], logprobs: [], rows: [] };
    let cache = this.emptyCache(1);
    let embeddings = await this.embed(prompt.tokens, 1, features);
    let positions = components.flatMap((axis) => Array.from(axis));
    let total = prompt.tokens.length;
    for (let t = 0; ; t++) {
      const mask = new Array<number>(total).fill(1);
      const results = await this.decode({ embeddings, mask, positions, kept: 1, cache });
      if (t > 0) keepRows(generation, results["attention"], total);
      const ended = t > 0 && stopTokens.includes(generation.tokens.at(-1)!);
      if (t === maxTokens || ended) return generation;
      const { token, logprob } = likeliest(results["logits"]!.data as Float32Array, banned);
      generation.tokens.push(token);
      generation.logprobs.push(logprob);
      cache = nextCache(results);
      embeddings = await this.embed([token], 1, new Float32Array());
      positions = components.map(() => next + t);
      total++;
    }
  }

  #width(): number {
    const [input] = this.#decoder.inputMetadata;
    if (input?.isTensor !== true) throw new Error("expected a tensor");
    return input.shape[2] as number;
  }
}

/** The cache that a run returned, as the input of the next run. */
export function nextCache(results: Readonly<Record<string, ort.Tensor>>): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(results)
      .filter(([name]) => name.startsWith("present."))
      .map(([name, tensor]) => [name.replace("present", "past_key_values"), tensor]),
  );
}

function integers(values: ArrayLike<number>, shape: readonly number[]): ort.Tensor {
  return new ort.Tensor("int64", BigInt64Array.from(Array.from(values), BigInt), shape);
}

function keepRows({ rows }: OnnxGeneration, attention: ort.Tensor | undefined, total: number): void {
  if (attention === undefined) return;
  const data = [...(attention.data as Float32Array)];
  for (let layer = 0; layer * total < data.length; layer++) {
    const row = data.slice(layer * total, (layer + 1) * total);
    rows[layer] = [...(rows[layer] ?? []), row];
  }
}

/** Natural log of softmax of one row of logits. */
export function logSoftmax(logits: Float32Array): Float64Array {
  const largest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return Float64Array.from(logits, (logit) => logit - largest - Math.log(sum));
}

/** The token of the largest logit, the first of equals, and its log-prob. */
function likeliest(
  logits: Float32Array,
  banned: readonly number[],
): { readonly token: number; readonly logprob: number } {
  let token = -1;
  for (const [id, logit] of logits.entries()) {
    if (!banned.includes(id) && (token < 0 || logit > logits[token]!)) token = id;
  }
  return { token, logprob: logSoftmax(logits)[token]! };
}
