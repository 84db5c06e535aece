import { describe, expect, test } from "vitest";
import { calibratedGram, attentionSignals as pureSignals } from "../../../credit/index.ts";
import type { BatchShape, ModelGraphs } from "../../../model/graph/index.ts";
import { graphsOf, openSightOf, type Sight } from "../../../model/index.ts";
import { Program } from "../../../tensor/index.ts";
import {
  CASES,
  CHECKPOINTS,
  checkpointDirectory,
  type RecordedSequence,
  recordedCase,
  recordedPrompt,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import type { AttentionRow } from "../../engine.ts";
import { LocalModel } from "../local-model.ts";
import { ProgramCache } from "../program-cache.ts";
import { DecoderRows, promptMask } from "../prompts/decoder-batch.ts";
import { type PreparedPrompt, preparePrompt } from "../prompts/prepared-prompt.ts";
import { RotaryTable } from "../prompts/rotary-table.ts";
import { VisionEncoder } from "../prompts/vision-encoder.ts";
import { ParameterStore } from "../weights/parameter-store.ts";

/** Rows of the last layer for sequences of one completion each, in one batch with padding on both sides. */
async function attentionRows(directory: string, sequences: readonly RecordedSequence[]) {
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
  sequences: readonly RecordedSequence[],
): Promise<PreparedPrompt[]> {
  const prompts = sequences.map((sequence) => preparePrompt(recordedPrompt(sequence), vision));
  const programs = new ProgramCache(8, {});
  const tower = new VisionEncoder(graphs.vision, config.text.hiddenSize, store, programs);
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
  sequences: readonly RecordedSequence[],
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
function realRow(rows: Float32Array, shape: BatchShape, s: number, t: number, prompt: number, own: number) {
  const { promptLength, completionLength } = shape;
  const start = (s * completionLength + t) * (promptLength + completionLength);
  const row = rows.subarray(start, start + promptLength + completionLength);
  return {
    real: row.subarray(promptLength - prompt, promptLength + own),
    padding: [...row.subarray(0, promptLength - prompt), ...row.subarray(promptLength + own)],
  };
}

describe.each(CHECKPOINTS)("last-layer attention of %s", (name) => {
  test.each(CASES)(
    "is transformers' in %s, own rows and predicting rows, and 0 on padding and later keys",
    async (caseName) => {
      const { sequences } = recordedCase(name, caseName);
      const { rows, shape } = await attentionRows(checkpointDirectory(name), sequences);
      for (const [s, { completion, attention }] of sequences.entries()) {
        const prompt = attention[0]!.length;
        for (const t of completion.keys()) {
          const own = realRow(rows.own, shape, s, t, prompt, t + 1);
          expect(own.real).toBeAllclose(attention[t + 1]!, { rtol: 0, atol: 1e-5 });
          expect(own.padding.every((value) => value === 0)).toBe(true);
          const predicting = realRow(rows.predicting, shape, s, t, prompt, t);
          expect(predicting.real).toBeAllclose(attention[t]!, { rtol: 0, atol: 1e-5 });
          expect(predicting.padding.every((value) => value === 0)).toBe(true);
        }
      }
    },
  );
});

/** The reference's signals of recorded rows. */
function expectedSignals(sequence: RecordedSequence, row: AttentionRow) {
  const { completion, attention, kind } = sequence;
  const offset = row === "own" ? 1 : 0;
  const rows = completion.flatMap((_, t) => {
    const recorded = attention[t + offset]!;
    return [...recorded, ...new Array<number>(kind.length - recorded.length).fill(0)];
  });
  const first = attention[0]!.length - 1 + offset;
  const shape = { tokens: completion.length, keys: kind.length };
  return {
    attention: pureSignals(rows, shape, kind, first),
    calibrated: calibratedGram(rows, shape, kind, { first }),
  };
}

describe.each(CHECKPOINTS)("signals of %s computed in the graph", (name) => {
  test.each(
    CASES.flatMap((caseName) => (["own", "predicting"] as const).map((row) => [caseName, row] as const)),
  )("are those of the reference on transformers' rows: %s, %s rows", async (caseName, row) => {
    const model = new LocalModel({ model: checkpointDirectory(name), threads: 1 });
    const recorded = recordedCase(name, caseName);
    const scores = await model.score(registerCase(model, recorded), {
      signals: { attention: { row }, calibrated: { row, layers: 1, biasCorrection: true } },
    });
    for (const [i, sequence] of recorded.sequences.entries()) {
      const { attention: expected, calibrated } = expectedSignals(sequence, row);
      const found = scores[i]!.signals!.attention!;
      const { connectivity, gram } = scores[i]!.signals!.calibrated!;
      expect(connectivity).toBeAllclose(calibrated.connectivity, { rtol: 0, atol: 1e-5 });
      expect(gram).toBeAllclose(calibrated.gram, { rtol: 0, atol: 1e-5 });
      expect(found.visualMass).toBeAllclose(expected.visualMass, { rtol: 0, atol: 1e-4 });
      expect(found.textMass).toBeAllclose(expected.textMass, { rtol: 0, atol: 1e-4 });
      expect(found.visualShift).toBeAllclose(expected.visualShift, { rtol: 0, atol: 1e-4 });
      expect(found.textShift).toBeAllclose(expected.textShift, { rtol: 0, atol: 1e-4 });
      const hasImage = sequence.kind.includes(2);
      expect(found.visualMass.some((mass) => mass > 0.01)).toBe(hasImage);
      expect(found.textShift[0]).toBe(0);
    }
    await model.close();
  });
});
