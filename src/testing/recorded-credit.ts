/**
 * @module
 * `fixtures/credit/rivals-2026.json`, as tests of credit methods want it.
 */
import { readFileSync } from "node:fs";

/** Signals of one recorded completion. */
export interface RecordedCompletion {
  readonly tokens: number[];
  readonly given: number[];
  readonly ablated: number[];
  readonly divergence: number[];
  readonly jensenShannon: number[];
  readonly entropy: number[];
  readonly ablatedEntropy: number[];
  readonly likeness: number[];
  readonly mask: number[];
}

type Weights = readonly number[][];

/** A group of completions with the references' results. */
export interface RecordedBatch {
  readonly name: string;
  readonly rewards: number[];
  readonly completions: RecordedCompletion[];
  /** `[G][T][V]` nats; null where they are too many. */
  readonly logs: number[][][] | null;
  readonly pgpo: {
    score: "sampled" | "divergence";
    form: "paper" | "development";
    threshold: number;
    boost: number;
    weights: Weights;
  }[];
  readonly vgpo: { form: "paper" | "code"; beta: number; tail: number; gate: number; weights: Weights }[];
  readonly pepo: { alpha: number; temperature: number; share: number; weights: Weights }[];
  readonly tor: { share: number; visualWeight: number; weights: Weights }[];
  readonly gtpo: {
    level: "token" | "completion";
    normalisation: "separate" | "joint";
    entropyRange: [number, number] | null;
    advantages: Weights;
  }[];
  readonly tpae: { confidence: number; leastCount: number; penalties: Weights }[];
  readonly vepo: {
    score: "gated" | "ungated" | "linear" | "product" | "kl";
    alpha: number;
    tokenShare: number;
    scores: Weights;
    chosen: Weights;
  }[];
  readonly twGrpo: Weights;
  readonly perceval: { alpha: number; spans: Weights; advantages: number[]; shaped: Weights }[];
}

const path = new URL("../../fixtures/credit/rivals-2026.json", import.meta.url);

/** Every recorded batch. */
export const recordedBatches: readonly RecordedBatch[] = JSON.parse(readFileSync(path, "utf8")).batches;
