/**
 * @module
 * The names that most programs need: `train` and its parts, the engines, and the interfaces for user-defined parts. The
 * subpaths export the rest: `fovea/credit`, `fovea/objective`, …
 */
export * as z from "zod";
export { accuracy, accuracyBy, type Benchmark, defineBenchmark } from "../benchmark/index.ts";
export { type CompletionCredit, type CreditMethod, creditMethod, defineCredit } from "../credit/index.ts";
export {
  type Demonstration,
  defineTask,
  type Problem,
  type ProblemSource,
  type Task,
  type TokenLabel,
} from "../data/index.ts";
export {
  createLocalEngine,
  createTinkerEngine,
  defineEngine,
  type Engine,
  freshSmallModel,
  SMALL_ASSETS,
} from "../engine/index.ts";
export { type Dialogue, definePromptFormat, evaluate, openDialogue } from "../eval/index.ts";
export { type Algorithm, createAlgorithm, defineObjective, objective } from "../objective/index.ts";
export { type Answered, defineReward, type Reward, type RewardFunction } from "../reward/index.ts";
export { defineObserver, type Observer, runDirectory, sft, tensorboard, train } from "../train/index.ts";
export {
  createVerdict,
  defineVerdict,
  equivalent,
  extractAnswer,
  type Verdict,
  verdictSchema,
} from "../verify/index.ts";
