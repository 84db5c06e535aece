/**
 * @module
 * Requirements of a training on its engine: capabilities, memory, videos.
 */
import type { ProblemSource } from "../../data/index.ts";
import { type Capability, type Engine, requireCapability as requireOf } from "../../engine/index.ts";
import { algorithmNeeds } from "../../objective/index.ts";
import { creditCapabilities } from "../credit/credit-signals.ts";
import type { Training } from "../iteration/training.ts";
import { asWritten } from "./as-written.ts";

/** Throws when the engine lacks a capability that a part needs. */
export function requireCapabilities(training: Training, isConfigured: boolean): void {
  const { engine, credit, objective, temporal, schedule } = training;
  const available = engine.capabilities;
  const requireCapability = (own: typeof available, capability: Capability, part: string) =>
    requireOf(own, capability, asWritten(part, isConfigured));
  for (const { name = "own", needs } of [credit, ...(training.agreement?.methods ?? [])]) {
    for (const capability of creditCapabilities(needs)) {
      requireCapability(available, capability, `credit.kind "${name}"`);
    }
  }
  if (temporal) requireCapability(available, "video", 'reward kind "temporal"');
  if (schedule.maxStaleness > 0) requireCapability(available, "overlap", "train.maxStaleness above 0");
  const needs = algorithmNeeds(objective);
  if (needs.values) requireCapability(available, "value", 'algorithm.baseline "values"');
  if (needs.entropyGradient) {
    requireCapability(available, "entropy-gradient", "algorithm.entropyCoefficient above 0");
  }
  if (needs.reference) {
    const part =
      objective.unit === "pair"
        ? `algorithm.kind "${objective.name ?? "own"}"`
        : "algorithm.klCoefficient above 0";
    requireCapability(available, "reference", part);
  } else if (schedule.reportKlEvery > 0) {
    requireCapability(available, "reference", "train.reportKlEvery above 0");
  }
}

/** Throws when the engine has no room for a training step, or for the weights that batches ahead are sampled from. */
export async function requireRoom({ engine, sampling, objective, schedule }: Training): Promise<void> {
  await engine.requireRoom?.({
    completionTokens: sampling.maxCompletionTokens,
    reference: algorithmNeeds(objective).reference || schedule.reportKlEvery > 0,
    staleness: schedule.maxStaleness,
  });
}

/** Throws when a data set has a video and the engine does not accept videos. */
export async function requireVideos(engine: Engine, source: ProblemSource | undefined): Promise<void> {
  if (engine.capabilities.has("video")) return;
  const place = await source?.firstVideo?.();
  if (place !== undefined) requireOf(engine.capabilities, "video", `${place}: a problem with a video`);
}
