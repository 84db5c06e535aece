/**
 * @module
 * The engine contract and the engines that fulfil it.
 */
export { ablatePrompt } from "./ablated-prompt.ts";
export { ablationCapability, type Capability, requireCapability } from "./capabilities.ts";
export type { Cause, CauseKind, CheckRow } from "./check/cause.ts";
export {
  type CheckOptions,
  type CheckPrompts,
  checkEngine,
  type EngineCheck,
  requireSoundEngine,
} from "./check/check-engine.ts";
export { type Mismatch, mismatch } from "./check/mismatch.ts";
export * from "./engine.ts";
export { createFakeEngine, type FakeEngineOptions } from "./fake/fake-engine.ts";
export { flattenRegions } from "./image-views/flatten-regions.ts";
export type { AttentionIntervention } from "./intervention.ts";
export {
  type Arrangement,
  arrangementText,
  type ChosenArrangement,
  type TriedArrangement,
  type WantedArrangement,
} from "./local/arrangement/arrangement.ts";
export { type ChoiceOptions, chooseArrangement } from "./local/arrangement/choose-arrangement.ts";
export type { Machine } from "./local/arrangement/machine.ts";
export { createLocalEngine } from "./local/create-local-engine.ts";
export {
  type FreshModel,
  INT8_ROLLOUTS,
  type LocalEngineOptions,
  type LocalLora,
  type RolloutPrecision,
} from "./local/local-options.ts";
export { parseBytes } from "./local/memory/bytes.ts";
export { type MachineMemory, machineMemory } from "./local/memory/machine-memory.ts";
export { sampledGroups } from "./sampled-groups.ts";
export { freshSmallModel, SMALL_ASSETS, smallModelConfig } from "./small-model.ts";
export * from "./tinker/index.ts";
