/**
 * @module
 * Training: the configuration, the iteration, the loop, the run directory. Start with `run` for whole runs and with
 * `iteration` for one round of learning.
 */
export {
  type Checkpoint,
  latestCheckpoint,
  listCheckpoints,
  replaceDirectory,
  type TrainerState,
} from "./checkpoint.ts";
export { differences as configDifferences } from "./config/differences.ts";
export type { Settings } from "./config/merge.ts";
export { nearestName } from "./config/nearest-name.ts";
export { readConfigFile } from "./config/read-file.ts";
export { type ConfigSources, resolveConfig } from "./config/resolve-config.ts";
export { type Config, type ConfigInput, configSchema } from "./config/schema.ts";
export { creditAnswers, type JudgedAnswer } from "./credit-answers.ts";
export { type Answered, creditCapabilities, creditSignals } from "./credit-signals.ts";
export { digitsModelConfig, freshDigitsModel } from "./digits-model.ts";
export { checkOptions, type EngineCheckEvent } from "./engine-check.ts";
export { describeEnvironment, type Environment } from "./environment.ts";
export { type EvaluationRecord, evaluationRecord } from "./evaluation-record.ts";
export type { CheckpointEvent, DownloadEvent, OnEvent, RunEvent, StartedEvent } from "./events.ts";
export { fetchData } from "./fetch-data.ts";
export type { BrokenRow, IterationMetrics, IterationTiming } from "./iteration-metrics.ts";
export { learningRateAt, type Schedule } from "./learning-rate.ts";
export { FINAL_MODEL } from "./loop.ts";
export { evaluationSource, maxBrokenShare, problemLimits, trainingSource } from "./open-data.ts";
export { type Connection, fetchModel, type OpenEngine, openDialogue, openEngine } from "./open-model.ts";
export { findPreset, presets } from "./presets/index.ts";
export {
  hasWarmStart,
  type Opened,
  type RunOptions,
  type RunResult,
  requireTrainable,
  runTraining,
  runWarmStart,
  type TrainingHooks,
  WARM_START,
} from "./run.ts";
export { RUN_DIRECTORY_VERSION, RunDirectory, type RunRecord } from "./run-directory.ts";
export type { WarmStartMetrics } from "./warm-start.ts";
