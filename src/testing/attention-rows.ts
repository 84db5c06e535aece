/**
 * @module
 * Attention of the last layer as a program of its own gives it, for tests that hold it against recorded rows.
 */
import type { AttentionRow, Prompt } from "../engine/index.ts";
import { ProgramCache } from "../engine/local/program-cache.ts";
import { DecoderRows, promptMask } from "../engine/local/prompts/decoder-batch.ts";
import { type PreparedPrompt, preparePrompt } from "../engine/local/prompts/prepared-prompt.ts";
import { RotaryTable } from "../engine/local/prompts/rotary-table.ts";
import { VisionEncoder } from "../engine/local/prompts/vision-encoder.ts";
import { ParameterStore } from "../engine/local/weights/parameter-store.ts";
import type { BatchShape, ModelGraphs } from "../model/graph/index.ts";
import { graphsOf, imageTokenWidth, openSightOf, type Sight } from "../model/index.ts";
import { Program } from "../tensor/index.ts";

interface Asked {
  readonly prompt: Prompt;
  readonly completion: readonly number[];
}

/** Rows of the last layer for sequences of one completion each, in one batch with padding on both sides. */
export async function attentionRows(directory: string, sequences: readonly Asked[]) {
  const sight = openSightOf(directory)!;
  const graphs = graphsOf(sight.config);
  const store = new ParameterStore(graphs);
  store.read(directory);
  const prompts = await encodedPrompts(sight, graphs, store, sequences);
  const shape: BatchShape = {
    prompts: sequences.length,
    groupSize: 1,
    promptLength: Math.max(...prompts.map(({ tokens }) => tokens.length)) + 3,
    completionLength: Math.max(...sequences.map(({ completion }) => completion.length)) + 2,
  };
  const { graph, rows: rowsOf } = graphs.decoder.teacherForced(store.layout, shape);
  const program = await Program.compile(graph, { own: rowsOf("own"), predicting: rowsOf("predicting") });
  const rows = await program.run({
    ...feeds(sight, graphs, store, shape, prompts, sequences),
    ...weights(store),
  });
  await program.release();
  return { rows: rows as Record<AttentionRow, Float32Array>, shape };
}

async function encodedPrompts(
  { config, vision }: Sight,
  graphs: ModelGraphs,
  store: ParameterStore,
  sequences: readonly Asked[],
): Promise<PreparedPrompt[]> {
  const prompts = sequences.map(({ prompt }) => preparePrompt(prompt, vision));
  const programs = new ProgramCache(8, {});
  const tower = new VisionEncoder({ graphs: graphs.vision, store, programs }, imageTokenWidth(config.text));
  await tower.encode(prompts.flatMap(({ images }) => images));
  await programs.clear();
  return prompts;
}

function feeds(
  { config }: Sight,
  graphs: ModelGraphs,
  store: ParameterStore,
  { prompts: count, promptLength, completionLength }: BatchShape,
  prompts: readonly PreparedPrompt[],
  sequences: readonly Asked[],
) {
  const embedding = store.view(store.weights, "embedding");
  const rows = new DecoderRows(
    count * (promptLength + completionLength),
    config.text,
    new RotaryTable(graphs.rotary),
  );
  for (const [p, prompt] of prompts.entries()) {
    rows.prompt((p + 1) * promptLength, prompt, embedding);
    for (const [t, token] of sequences[p]!.completion.entries()) {
      rows.token(
        count * promptLength + p * completionLength + t,
        token,
        prompt.positions.next + t,
        embedding,
      );
    }
  }
  const { embeddings, cosine, sine } = rows;
  return { embeddings, cosine, sine, promptMask: promptMask(prompts, count, promptLength) };
}

const weights = (store: ParameterStore) =>
  Object.fromEntries([...store.layout.packs.keys()].map((pack) => [pack, store.view(store.weights, pack)]));

/** Row t of sequence s without its padding: P prompt keys, then as many completion keys as it may see. */
export function realRow(
  rows: Float32Array,
  shape: BatchShape,
  s: number,
  t: number,
  prompt: number,
  own: number,
) {
  const { promptLength, completionLength } = shape;
  const start = (s * completionLength + t) * (promptLength + completionLength);
  const row = rows.subarray(start, start + promptLength + completionLength);
  return {
    real: row.subarray(promptLength - prompt, promptLength + own),
    padding: [...row.subarray(0, promptLength - prompt), ...row.subarray(promptLength + own)],
  };
}
