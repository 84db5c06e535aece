/**
 * @module
 * The three graphs of an export, run by onnxruntime-web on WebAssembly, one thread: more were slower where it was
 * measured, and need headers that keep pages apart.
 */
import * as ort from "onnxruntime-web/wasm";
import type { ImageGrid } from "../../../src/model/image/image-grid.ts";
import type { OnnxManifest } from "../../../src/model/onnx/manifest.ts";

ort.env.wasm.numThreads = 1;

/** Keys and values of earlier tokens, by the names of the decoder's inputs. */
type Cache = Readonly<Record<string, ort.Tensor>>;

/** Outputs of a run of the decoder. */
export interface Decoded {
  /** `[V]` of the last new token. */
  readonly logits: Float32Array;
  /** `[total]` the last new token's row in the last layer, mean over heads; undefined where the export has none. */
  readonly row: Float32Array | undefined;
  readonly cache: Cache;
}

const integers = (values: ArrayLike<number>, shape: readonly number[]) =>
  new ort.Tensor("int64", BigInt64Array.from(Array.from(values), BigInt), shape);
const floats = (values: Float32Array, shape: readonly number[]) => new ort.Tensor("float32", values, shape);

function floatsOf(results: Readonly<Record<string, ort.Tensor>>, name: string): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`the export's output ${name} is not there`);
  return data;
}

/** An export's graphs, opened. */
export class OnnxGraphs {
  readonly #manifest: OnnxManifest;
  readonly #vision: ort.InferenceSession;
  readonly #embedding: ort.InferenceSession;
  readonly #decoder: ort.InferenceSession;

  private constructor(manifest: OnnxManifest, sessions: readonly ort.InferenceSession[]) {
    this.#manifest = manifest;
    [this.#vision, this.#embedding, this.#decoder] = sessions as [
      ort.InferenceSession,
      ort.InferenceSession,
      ort.InferenceSession,
    ];
  }

  /**
   * @param base address of the export's files, with / at its end
   * @param onOpen called with each graph before it is loaded
   */
  static async open(
    base: string,
    manifest: OnnxManifest,
    onOpen: (graph: string) => void,
  ): Promise<OnnxGraphs> {
    const sessions: ort.InferenceSession[] = [];
    for (const name of ["vision", "embedding", "decoder"] as const) {
      const { file, data } = manifest.models[name];
      onOpen(file);
      const externalData = data.map((path) => ({ path, data: base + path }));
      sessions.push(
        await ort.InferenceSession.create(base + file, { executionProviders: ["wasm"], externalData }),
      );
    }
    return new OnnxGraphs(manifest, sessions);
  }

  get #width(): number {
    return Number(this.#manifest.models.vision.outputs[0]?.shape[1]);
  }

  /** `[image_tokens × D]` embeddings in the places of a picture's tokens. */
  async see(patches: Float32Array, grid: ImageGrid): Promise<Float32Array> {
    const count = grid[0] * grid[1] * grid[2];
    const results = await this.#vision.run({
      pixel_values: floats(patches, [count, patches.length / count]),
      grid_thw: integers(grid, [3]),
    });
    return floatsOf(results, "image_features");
  }

  /** `[1, sequence, D]` the decoder's rows of these ids, features in the places of their pads. */
  async embed(ids: ArrayLike<number>, features: Float32Array = new Float32Array()): Promise<ort.Tensor> {
    const width = this.#width;
    const results = await this.#embedding.run({
      input_ids: integers(ids, [1, ids.length]),
      image_features: floats(features, [features.length / width, width]),
    });
    const rows = results["inputs_embeds"];
    if (rows === undefined) throw new Error("the export's output inputs_embeds is not there");
    return rows;
  }

  /** The decoder's cache before the first run. */
  emptyCache(): Cache {
    const caches = this.#manifest.models.decoder.inputs.filter(({ name }) =>
      name.startsWith("past_key_values."),
    );
    return Object.fromEntries(
      caches.map(({ name, shape }) => [
        name,
        floats(new Float32Array(), [1, Number(shape[1]), 0, Number(shape[3])]),
      ]),
    );
  }

  /**
   * Runs the decoder on new tokens after the tokens of the cache.
   *
   * @param positions the components of each new token, `[sequence]` each
   * @param total earlier and new tokens
   */
  async decode(
    embeddings: ort.Tensor,
    positions: readonly (readonly number[])[],
    total: number,
    cache: Cache,
  ): Promise<Decoded> {
    const results = await this.#decoder.run({
      ...cache,
      inputs_embeds: embeddings,
      attention_mask: integers(new Uint8Array(total).fill(1), [1, total]),
      position_ids: integers(positions.flat(), [positions.length, 1, positions[0]?.length ?? 0]),
      num_logits_to_keep: integers([1], []),
    });
    // [1, layers, sequence, total]: the last row of the last layer is the last of all.
    const row = results["attention"] === undefined ? undefined : floatsOf(results, "attention").slice(-total);
    return {
      logits: floatsOf(results, "logits"),
      row,
      cache: Object.fromEntries(
        Object.entries(results)
          .filter(([name]) => name.startsWith("present."))
          .map(([name, tensor]) => [name.replace("present", "past_key_values"), tensor]),
      ),
    };
  }
}
