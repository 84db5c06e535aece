/**
 * @module
 * Checks before the first step of a training: parts that contradict each other, and parts that the engine does not
 * support.
 */
import { ConfigError } from "../../errors/index.ts";
import type { Training } from "../iteration/training.ts";
import { asWritten } from "./as-written.ts";
import { requireCapabilities, requireRoom, requireVideos } from "./engine-requirements.ts";
import { comparisonFaults, labelFaults, pairFaults, rewardFaults } from "./method-faults.ts";
import { creditFaults, replayFaults, scheduleFaults } from "./schedule-faults.ts";

/** Throws when the reward compares frame orders and no problem has a video. */
async function requireFrames({ temporal, source }: Training): Promise<void> {
  if (temporal === undefined || (await source.firstVideo?.()) !== undefined) return;
  throw new ConfigError(
    `reward kind "temporal": expected a data set in which some problem has a video, got none in ${source.fingerprint}`,
  );
}

/**
 * Throws before the first step when the parts cannot work together.
 *
 * @param isConfigured whether the parts come from a configuration, whose keys the errors then name
 * @throws ConfigError when parts contradict each other, or the credit needs labels that the task lacks
 * @throws EngineError naming the part and the capability that the engine lacks, or the memory
 */
export async function requireSound(training: Training, isConfigured: boolean): Promise<void> {
  const { credit, objective } = training;
  const compared = training.agreement?.methods ?? [];
  const faults = [
    ...scheduleFaults(training),
    ...replayFaults(training),
    ...creditFaults(training),
    ...pairFaults(credit, objective),
    ...compared.flatMap((method) => comparisonFaults(method, objective)),
    ...[credit, ...compared].flatMap((method) => labelFaults(method, training)),
    ...[credit, ...compared].flatMap((method) => rewardFaults(method, training.rewards)),
  ];
  if (faults.length > 0) throw new ConfigError(asWritten(faults.join("\n"), isConfigured));
  requireCapabilities(training, isConfigured);
  await requireRoom(training);
  await requireVideos(training.engine, training.source);
  await requireFrames(training);
  await requireVideos(training.engine, training.validation);
}
