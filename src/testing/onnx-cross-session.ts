/**
 * @module
 * Exported ONNX files of a model that reads images by cross-attention, run by onnxruntime alone: greedily, one sequence,
 * the prompt in one run and then token by token.
 */
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import type { SpelledPrompt } from "../model/index.ts";
import { nextCache } from "./onnx-session.ts";

const OPTIONS: ort.InferenceSession.SessionOptions = { intraOpNumThreads: 1, logSeverityLevel: 3 };

/** The likeliest tokens after a prompt, by the files of a directory. */
export async function crossGreedy(
  directory: string,
  prompts: readonly SpelledPrompt[],
  count: number,
): Promise<number[][]> {
  const files = ["vision.onnx", "embedding.onnx", "decoder.onnx"];
  const [vision, embedding, decoder] = (await Promise.all(
    files.map((file) => ort.InferenceSession.create(join(directory, file), OPTIONS)),
  )) as [ort.InferenceSession, ort.InferenceSession, ort.InferenceSession];
  const found: number[][] = [];
  for (const prompt of prompts) found.push(await greedy({ vision, embedding, decoder }, prompt, count));
  for (const session of [vision, embedding, decoder]) await session.release();
  return found;
}

interface Sessions {
  readonly vision: ort.InferenceSession;
  readonly embedding: ort.InferenceSession;
  readonly decoder: ort.InferenceSession;
}

async function greedy(
  { vision, embedding, decoder }: Sessions,
  prompt: SpelledPrompt,
  count: number,
): Promise<number[]> {
  const seen: number[] = [];
  for (const { patches, grid } of prompt.images) {
    const rows = grid[1] * grid[2];
    const pixels = new ort.Tensor("float32", patches, [rows, patches.length / rows]);
    const { image_features } = await vision.run({ pixel_values: pixels, grid_thw: integers(grid, [3]) });
    seen.push(...(image_features!.data as Float32Array));
  }
  const keys = (prompt.readers ?? []).reduce((sum, reader) => sum + reader.keys, 0);
  const mask = Array.from(prompt.tokens, (_, i) =>
    (prompt.readers ?? []).flatMap(({ from, to, keys: all, realKeys }) =>
      Array.from({ length: all }, (__, key) => (from <= i && i < to && key < realKeys ? 1 : 0)),
    ),
  );
  let cache = emptyCache(decoder);
  let ids = [...prompt.tokens];
  let features = Float32Array.from(seen);
  const tokens: number[] = [];
  while (tokens.length < count) {
    const total = prompt.tokens.length + tokens.length;
    const { inputs_embeds } = await embedding.run({ input_ids: integers(ids, [1, ids.length]) });
    const width = inputs_embeds!.dims[2]!;
    const rows = tokens.length === 0 ? mask : [mask.at(-1)!];
    const results = await decoder.run({
      ...cache,
      inputs_embeds: inputs_embeds!,
      attention_mask: integers(new Array<number>(total).fill(1), [1, total]),
      position_ids: integers(
        ids.map((_, i) => total - ids.length + i),
        [1, 1, ids.length],
      ),
      num_logits_to_keep: integers([1], []),
      image_features: new ort.Tensor("float32", features, [1, features.length / width, width]),
      image_mask: integers(rows.flat(), [1, ids.length, keys]),
    });
    const logits = results["logits"]!.data as Float32Array;
    tokens.push(logits.indexOf(logits.reduce((best, logit) => Math.max(best, logit))));
    cache = nextCache(results);
    ids = [tokens.at(-1)!];
    features = new Float32Array();
  }
  return tokens;
}

function emptyCache(decoder: ort.InferenceSession): Record<string, ort.Tensor> {
  return Object.fromEntries(
    decoder.inputMetadata.flatMap((input) => {
      if (!input.name.startsWith("past_key_values.") || !input.isTensor) return [];
      const [, heads, , width] = input.shape as [unknown, number, unknown, number];
      return [[input.name, new ort.Tensor("float32", new Float32Array(), [1, heads, 0, width])]];
    }),
  );
}

function integers(values: ArrayLike<number>, shape: readonly number[]): ort.Tensor {
  return new ort.Tensor("int64", BigInt64Array.from(Array.from(values), BigInt), shape);
}
