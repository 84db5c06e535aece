/**
 * @module
 * The configuration of a run and the functions that use it: `resolveConfig` for settings, `openParts` for parts,
 * `runTraining` for a whole run. Presets are in `presets/`.
 */

export { freshSmallModel, SMALL_ASSETS, smallModelConfig } from "../engine/index.ts";
export { createRewards } from "./open/create-rewards.ts";
export { checkOptions } from "./open/engine-check.ts";
export { fetchData } from "./open/fetch-data.ts";
export {
  atRecordedCommit,
  atRunCommit,
  directoryHash,
  modelContent,
  recordedContent,
} from "./open/model-content.ts";
export { evaluationProtocol, evaluationVerdict, openBenchmarks } from "./open/open-benchmarks.ts";
export { type EvaluationSubject, openEvaluation } from "./open/open-evaluation.ts";
export {
  arrangedOptions,
  type Connection,
  fetchModel,
  type OpenEngine,
  openConfiguredDialogue,
  openEngine,
} from "./open/open-model.ts";
export {
  type ConfiguredParts,
  checkModules,
  evaluatedParts,
  moduleHashes,
  type OpenPartsOptions,
  openCredit,
  openObjective,
  openParts,
} from "./open/open-parts.ts";
export { maxBrokenShare, openTask, problemLimits } from "./open/open-task.ts";
export { openVerdict } from "./open/open-verdict.ts";
export { openPromptFormat } from "./open/prompt-format.ts";
export { findPreset, presets } from "./presets/index.ts";
export { readConfigFile } from "./read-file.ts";
export { type ConfigSources, flagSettings, resolveConfig } from "./resolve-config.ts";
export { isHarmless, resumeRules } from "./resume-rules.ts";
export {
  type Opened,
  type RunOptions,
  type RunResult,
  requireTrainable,
  runTraining,
  runWarmStart,
  type TrainingHooks,
} from "./run.ts";
export { type Config, type ConfigInput, configSchema } from "./schema.ts";
export { type SettingGroup, type SettingRow, settingsPage, settingsReference } from "./settings-reference.ts";
export { type TriedCompletion, type TriedGroup, tryGroup } from "./try-group.ts";
export { hasWarmStart, WARM_START, WARM_STARTS, warmStartWarning } from "./warm-start.ts";
