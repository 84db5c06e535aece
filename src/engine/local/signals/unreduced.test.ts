import { expect, test } from "vitest";
import { askedParts, partAt, SIGNALS, type SignalRequest } from "../../../credit/index.ts";
import { graphsOf, openSightOf } from "../../../model/index.ts";
import {
  CHECKPOINTS,
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
} from "../../../testing/model-fixtures.ts";
import { ProgramCache } from "../program-cache.ts";
import { decoderFeeds } from "../prompts/decoder-batch.ts";
import { preparePrompt } from "../prompts/prepared-prompt.ts";
import { RotaryTable } from "../prompts/rotary-table.ts";
import { VisionEncoder } from "../prompts/vision-encoder.ts";
import { sequenceBatches } from "../scoring/sequence-batches.ts";
import { ParameterStore } from "../weights/parameter-store.ts";
import { readSignals, signalFeeds, signalOutputs } from "./index.ts";
import { unreduced } from "./unreduced.ts";

const ATTENTION = SIGNALS.filter((signal) => signal.reads === "attention");

/** Requests for every signal and every part of one. */
const REQUESTS: readonly SignalRequest[] = [
  ...ATTENTION.map(({ name, look }) => ({ [name]: look })),
  { attention: { row: "predicting", measure: "sharpness" } },
  { attention: { row: "own", measure: "divergence" } },
  { calibrated: { row: "predicting", layers: 2, biasCorrection: false } },
  { calibrated: { row: "own", layers: 1, biasCorrection: true, biasCurve: { exponential: 0.4, decay: 2 } } },
  { imageRows: { row: "predicting" } },
];

test.each(CHECKPOINTS)(
  "each signal's record makes of %s's rows what its graph makes of them",
  async (name) => {
    const directory = checkpointDirectory(name);
    const { config, vision } = openSightOf(directory)!;
    const graphs = graphsOf(config);
    const store = new ParameterStore(graphs);
    store.read(directory);
    const programs = new ProgramCache(8, {});
    const { sequences: recorded } = recordedCase(name, "four-images");
    const sequences = recorded.map((sequence) => ({
      prompt: preparePrompt(recordedPrompt(sequence), vision),
      completion: Int32Array.from(sequence.completion),
    }));
    const tower = new VisionEncoder({ graphs: graphs.vision, store, programs }, config.text.hiddenSize);
    await tower.encode(sequences.flatMap(({ prompt }) => prompt.images));
    const embedding = store.view(store.weights, "embedding");
    for (const request of REQUESTS) {
      const [own] = ATTENTION.flatMap((signal) => {
        const asked: object | undefined = request[signal.name];
        return asked === undefined ? [] : [{ signal, request: asked }];
      });
      const { signal } = own!;
      const whole = unreduced(signal);
      for (const batch of sequenceBatches(sequences, 2048)) {
        const { shape } = batch;
        const built = graphs.decoder.teacherForced(store.layout, shape);
        const supports = () => {
          throw new Error("a record needs no supports");
        };
        const outputs = {
          ...signalOutputs(built, shape, request),
          ...whole.outputs(
            { graph: built.graph, rows: built.rows, states: built.states, shape, supports, visual: supports },
            own!.request,
          ),
        };
        const program = await programs.compile(built.graph, outputs);
        const table = new RotaryTable(graphs.rotary);
        const { rows, ...feeds } = decoderFeeds(batch, sequences, embedding, config.text, table);
        const found = await program.run({
          ...store.feeds(built.parameters.used),
          ...feeds,
          embeddings: rows.embeddings,
          ...signalFeeds(batch, sequences, request),
          inverseTemperature: Float32Array.of(1),
        });
        await program.release();
        for (const [slot, index] of batch.slots.entries()) {
          if (index < 0) continue;
          const at = { outputs: found, shape, slot, sequence: sequences[index]! };
          const reduced = readSignals(at, request).signals?.[signal.name];
          const byRecord = whole.read(at, own!.request);
          for (const { path } of askedParts(own!)) {
            const [expected, got] = [partAt(byRecord, path)!, partAt(reduced, path)!];
            expect(got.length).toBe(expected.length);
            expect(got).toBeAllclose(expected, { rtol: 1e-4, atol: 2e-4 });
          }
        }
      }
    }
    await programs.clear();
  },
);
