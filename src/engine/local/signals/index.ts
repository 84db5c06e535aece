/**
 * @module
 * The signals of a scoring pass: the graph's outputs for the signals that are asked for, their feeds, and
 * their values. A signal without a line here is reduced by its record.
 */
import { askedSignals, SIGNALS, type SignalName } from "../../../credit/signals/index.ts";
import { EngineError } from "../../../errors/index.ts";
import { type BatchShape, keySupports, type TeacherForcedGraph } from "../../../model/graph/index.ts";
import type { Feeds, Tensor } from "../../../tensor/index.ts";
import type { AttentionRow, SignalRequest, Signals } from "../../engine.ts";
import { promptSupports } from "../prompts/decoder-batch.ts";
import type { PreparedSequence, SequenceBatch } from "../scoring/sequence-batches.ts";
import { attentionReducer } from "./attention.ts";
import { calibratedReducer } from "./calibrated.ts";
import { clustersReducer } from "./clusters.ts";
import type { GraphReducer, SlotOutputs } from "./graph-reducer.ts";
import { hiddenCosineReducer } from "./hidden-cosine.ts";
import { imageRowsReducer } from "./image-rows.ts";
import { unreduced } from "./unreduced.ts";

type AnyReducer = GraphReducer<object, unknown>;

const REDUCERS: ReadonlyMap<SignalName, AnyReducer> = new Map<SignalName, AnyReducer>([
  ...SIGNALS.flatMap((signal) =>
    signal.reads === "attention" ? [[signal.name, unreduced(signal)] as const] : [],
  ),
  ["attention", attentionReducer],
  ["calibrated", calibratedReducer],
  ["clusters", clustersReducer],
  ["imageRows", imageRowsReducer],
  ["hiddenCosine", hiddenCosineReducer],
]);

function reducers(request: SignalRequest | undefined) {
  return askedSignals(request).map((asked) => ({ ...asked, reducer: REDUCERS.get(asked.signal.name)! }));
}

type Built = Pick<TeacherForcedGraph, "graph" | "rows"> & Partial<Pick<TeacherForcedGraph, "states">>;

const noStates = (): never => {
  throw new EngineError("score: signals of hidden states: expected a graph that has them");
};

/** The outputs for the signals that are asked for; declares the inputs `visualKeys`, `textKeys` and the reducers' own. */
export function signalOutputs(
  { graph, rows, states = noStates }: Built,
  shape: BatchShape,
  request: SignalRequest | undefined,
): Record<string, Tensor> {
  const { prompts, promptLength, groupSize, completionLength } = shape;
  let known: ReturnType<typeof keySupports> | undefined;
  const visual = () => graph.inputs.get("visualKeys") ?? graph.input("visualKeys", [prompts, promptLength]);
  const supports = () => {
    known ??= keySupports(
      visual(),
      graph.input("textKeys", [prompts, promptLength]),
      groupSize,
      completionLength,
    );
    return known;
  };
  const outputs = reducers(request).map(({ reducer, request: own }) =>
    reducer.outputs({ graph, rows, states, shape, supports, visual }, own),
  );
  return Object.assign({}, ...outputs);
}

/** Whether a signal reads hidden states, for which a graph must continue with whole prompts. */
export function readsHiddenStates(request: SignalRequest | undefined): boolean {
  return askedSignals(request).some(({ signal }) => signal.reads === "hidden");
}

/** Inputs of the outputs besides the decoder's. */
export function signalFeeds(
  batch: SequenceBatch,
  sequences: readonly PreparedSequence[],
  request: SignalRequest | undefined,
): Feeds {
  const asked = reducers(request);
  if (asked.length === 0) return {};
  const { shape, prompts } = batch;
  const { visual, text } = promptSupports(prompts, shape.prompts, shape.promptLength);
  const own = asked.map(({ reducer, request: one }) => reducer.feeds?.(batch, sequences, one));
  return Object.assign({ visualKeys: visual, textKeys: text }, ...own);
}

/** The signals of the completion in a slot. */
export function readSignals(slot: SlotOutputs, request: SignalRequest | undefined): { signals?: Signals } {
  const asked = reducers(request);
  if (asked.length === 0) return {};
  const values = asked.map(({ signal, request: own, reducer }) => [signal.name, reducer.read(slot, own)]);
  return { signals: Object.fromEntries(values) };
}

/**
 * The rows that are averaged over several layers, for a pass that has one layer at a time and sums them up on the way.
 *
 * @throws EngineError when signals ask for averages of different rows or over different numbers of layers
 */
export function averagedRows(request: SignalRequest | undefined): { row: AttentionRow; layers: number } {
  const rows = askedSignals(request).flatMap(({ signal, request: own }) =>
    signal.reads === "attention" ? [signal.rows(own)] : [],
  );
  const [first, ...others] = rows.filter(({ layers }) => layers > 1);
  if (others.some(({ row, layers }) => row !== first?.row || layers !== first.layers)) {
    throw new EngineError("score: signals that average layers: expected the same rows and layers of all");
  }
  return first ?? { row: "own", layers: 1 };
}
