/**
 * @module
 * Training. Start with `train` for whole runs over parts; `openTraining`, `newProgress` and `runIteration` run single
 * iterations. The command line makes the same parts from a configuration: `fovea/config`.
 */
export { pairFaults } from "./checks/method-faults.ts";
export { creditFaults, scheduleFaults } from "./checks/schedule-faults.ts";
export { ClusterThreads } from "./credit/cluster-threads.ts";
export { creditAnswers, type JudgedAnswer } from "./credit/credit-answers.ts";
export { type Answered, creditCapabilities, creditSignals } from "./credit/credit-signals.ts";
export { requireObserver } from "./given/check-parts.ts";
export { heldCredit } from "./given/held-credit.ts";
export { heldObjective } from "./given/held-objective.ts";
export type { TrainParts } from "./given/train-parts.ts";
export { type Evaluated, type EvaluationRecord, evaluationRecord } from "./iteration/evaluation-record.ts";
export { type IterationOutcome, runIteration } from "./iteration/iteration.ts";
export type { BrokenRow, IterationMetrics, IterationTiming } from "./iteration/iteration-metrics.ts";
export { newProgress, type Progress, type Training } from "./iteration/training.ts";
export type {
  ArrangementEvent,
  CheckpointEvent,
  DownloadEvent,
  OnEvent,
  RunEvent,
  StartedEvent,
} from "./loop/events.ts";
export {
  type Checkpoint,
  type CheckpointStore,
  defineObserver,
  type Observer,
  type ObserverContext,
  type RunDescription,
  type RunEnd,
  type TrainerState,
} from "./loop/observer.ts";
export { openTraining } from "./parts.ts";
export {
  clearLeftovers,
  latestCheckpoint,
  listCheckpoints,
  replaceDirectory,
} from "./run-directory/checkpoint.ts";
export { differences as configDifferences } from "./run-directory/differences.ts";
export { describeEnvironment, type Environment } from "./run-directory/environment.ts";
export {
  FINAL_MODEL,
  PROCESS_FILE,
  type Recorder,
  type RecorderOptions,
  runDirectory,
} from "./run-directory/recorder.ts";
export { ROLLOUT_INDEX } from "./run-directory/rollout-index.ts";
export { RUN_DIRECTORY_VERSION, RunDirectory, type RunRecord } from "./run-directory/run-directory.ts";
export { learningRateAt } from "./schedule/learning-rate.ts";
export {
  plannedIterations,
  type Sampling,
  type Schedule,
  samplingSchema,
  scheduleSchema,
} from "./schedule/schedule-schema.ts";
export { tensorboard } from "./tensorboard/tensorboard.ts";
export { type TrainHooks, type TrainResult, train } from "./train.ts";
export type { WarmStartMetrics } from "./warm-start/metrics.ts";
export { type SftParts, sft } from "./warm-start/sft.ts";
export { type SftSchedule, sftSchema } from "./warm-start/sft-schema.ts";
