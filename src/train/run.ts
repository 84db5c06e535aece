/**
 * @module
 * Whole runs: a warm start, or reinforcement learning with the warm start it needs. Everything that can be wrong with
 * the input is found before the run directory is made.
 */
import { creditMethod } from "../credit/index.ts";
import type { ProblemSource } from "../data/index.ts";
import { type Engine, requireCapability } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { Dialogue } from "../eval/index.ts";
import { algorithmNeeds } from "../objective/index.ts";
import { latestCheckpoint } from "./checkpoint.ts";
import type { Config } from "./config/schema.ts";
import { creditCapabilities } from "./credit-signals.ts";
import { warmStartCurriculum } from "./curriculum.ts";
import { checkRunEngine } from "./engine-check.ts";
import { describeEnvironment } from "./environment.ts";
import type { OnEvent } from "./events.ts";
import { FINAL_MODEL, type LoopResult, runLoop } from "./loop.ts";
import { evaluationSource, trainingSource } from "./open-data.ts";
import { fetchModel, type OpenEngine, openDialogue, openEngine } from "./open-model.ts";
import { problemOrder } from "./problem-order.ts";
import { reinforcementPhase } from "./reinforcement.ts";
import { RunDirectory } from "./run-directory.ts";
import type { Training } from "./training.ts";
import { openVerifier } from "./verifier.ts";
import { warmStartPhase } from "./warm-start.ts";

/** How a run is carried out, beside what its configuration says. */
export interface RunOptions {
  readonly config: Config;
  /** Path of the run directory. */
  readonly runDirectory: string;
  /** Continue the run in the directory. */
  readonly resume?: boolean;
  readonly onEvent?: OnEvent;
  /** Aborted when the user asks for an end: an engine that does not answer is not waited for any longer. */
  readonly signal?: AbortSignal | undefined;
  /** Asked after every step; true saves a checkpoint and ends. */
  readonly shouldStop?: () => boolean;
  readonly openEngine?: OpenEngine;
  /** Milliseconds from any fixed moment. */
  readonly clock?: () => number;
}

/** How a run ended. */
export interface RunResult extends LoopResult {
  readonly runDirectory: string;
  /** Directory of the final model; undefined when the run was interrupted. */
  readonly model?: string;
}

/** Name of the warm start's own run directory within that of a run with a built-in model. */
export const WARM_START = "warm-start";

/** What is open during a run. */
export interface Opened {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
}

const never = () => false;
const silent = () => {};

/** Opens or begins the directory of a run. */
function openDirectory(path: string, record: Parameters<RunDirectory["requireSame"]>[0], isResumed: boolean) {
  if (!isResumed) return RunDirectory.create(path, record, describeEnvironment());
  const directory = RunDirectory.open(path);
  directory.requireSame(record);
  directory.noteResume(describeEnvironment(), latestCheckpoint(path)?.trainer.completed ?? 0);
  return directory;
}

/** Whether a run with this configuration begins with a warm start of its own. */
export function hasWarmStart({ model, sft }: Config): boolean {
  return model.kind === "digits" && sft.steps > 0;
}

/**
 * Fails on a configuration that can be used, but not to learn by.
 *
 * @throws ConfigError naming the key
 */
export function requireTrainable({ engine }: Config): void {
  if (engine.kind === "local" && engine.stream) {
    throw new ConfigError(
      "engine.stream: expected false for training, got true: weights that stay in their file can only be scored",
    );
  }
}

function requireCapabilities(engine: Engine, { credit, algorithm, reward, train }: Config): void {
  for (const capability of creditCapabilities(creditMethod(credit).needs)) {
    requireCapability(engine.capabilities, capability, `credit.kind "${credit.kind}"`);
  }
  if (reward.temporal) requireCapability(engine.capabilities, "video", "reward.temporal");
  if (train.maxStaleness > 0) requireCapability(engine.capabilities, "overlap", "train.maxStaleness above 0");
  const needs = algorithmNeeds(algorithm);
  if (needs.values) requireCapability(engine.capabilities, "value", 'algorithm.baseline "values"');
  if (needs.entropyGradient) {
    requireCapability(engine.capabilities, "entropy-gradient", "algorithm.entropyCoefficient above 0");
  }
  if (needs.reference) {
    const what = algorithm.kind === "dpo" ? 'algorithm.kind "dpo"' : "algorithm.klCoefficient above 0";
    requireCapability(engine.capabilities, "reference", what);
  } else if (train.reportKlEvery > 0) {
    requireCapability(engine.capabilities, "reference", "train.reportKlEvery above 0");
  }
}

/** Fails when a data set has a video and the engine cannot be shown one. */
async function requireVideos(engine: Engine, source: ProblemSource | undefined): Promise<void> {
  if (engine.capabilities.has("video")) return;
  const place = await source?.firstVideo?.();
  if (place !== undefined)
    requireCapability(engine.capabilities, "video", `${place}: a problem with a video`);
}

/** Fails when the reward compares orders of frames and no problem has any. */
async function requireFrames({ reward }: Config, source: ProblemSource): Promise<void> {
  if (reward.temporal === undefined || (await source.firstVideo?.()) !== undefined) return;
  throw new ConfigError(
    `reward.temporal: expected a data set in which some problem has a video, got none in ${source.fingerprint}`,
  );
}

async function warmStart(
  options: RunOptions,
  { engine, dialogue }: Opened,
  path: string,
): Promise<LoopResult> {
  const { config, clock = () => performance.now(), onEvent = silent, shouldStop = never } = options;
  const curriculum = warmStartCurriculum(config);
  const record = { kind: "sft" as const, config, data: { demonstrations: curriculum.fingerprint } };
  const directory = openDirectory(path, record, (options.resume ?? false) && RunDirectory.exists(path));
  onEvent({ event: "started", kind: "sft", runDirectory: path, steps: config.sft.steps });
  const phase = warmStartPhase({ config, engine, dialogue, curriculum, clock });
  return runLoop(directory, engine, phase, shouldStop, onEvent);
}

/** Opens what a run needs, runs it, and closes the engine. */
async function withEngine<T>(options: RunOptions, work: (opened: Opened) => Promise<T>): Promise<T> {
  const { config, runDirectory, resume = false } = options;
  requireTrainable(config);
  if (resume) RunDirectory.open(runDirectory);
  else RunDirectory.requireFree(runDirectory);
  const local = await fetchModel(config, options.onEvent);
  const dialogue = openDialogue(local);
  const { signal, onEvent: onRetry } = options;
  const engine = await (options.openEngine ?? openEngine)(local, {
    ...(signal && { signal }),
    ...(onRetry && { onRetry }),
  });
  try {
    return await work({ engine, dialogue });
  } finally {
    await engine.close();
  }
}

function runResult(result: LoopResult, runDirectory: string, directory: RunDirectory): RunResult {
  return result.status === "finished"
    ? { ...result, runDirectory, model: directory.at(FINAL_MODEL) }
    : { ...result, runDirectory };
}

/**
 * Runs a supervised warm start.
 *
 * @throws ConfigError, DownloadError, ModelError, DataError before anything is written; RunError when the run cannot go on
 */
export async function runWarmStart(options: RunOptions): Promise<RunResult> {
  if (options.config.sft.steps === 0) throw new ConfigError("sft.steps: expected at least 1, got 0");
  return withEngine(options, async (opened) => {
    await checkRunEngine(opened.engine, opened.dialogue, options.config, options.onEvent ?? silent);
    const result = await warmStart(options, opened, options.runDirectory);
    return runResult(result, options.runDirectory, RunDirectory.open(options.runDirectory));
  });
}

/** What a caller does with the open engine around learning. */
export interface TrainingHooks {
  /** The engine holds the weights that learning starts from; not called when a run is resumed in its midst. */
  readonly beforeLearning?: (opened: Opened) => Promise<void>;
  /** The engine holds the final weights; not called when the run was interrupted. */
  readonly afterLearning?: (opened: Opened) => Promise<void>;
}

/**
 * Runs reinforcement learning. With the built-in model, whose weights are random, its warm start comes first, in a
 * run directory of its own within this one.
 *
 * @throws ConfigError, DownloadError, ModelError, DataError before anything is written; RunError when the run cannot go on
 */
export async function runTraining(options: RunOptions, hooks: TrainingHooks = {}): Promise<RunResult> {
  const { config, clock = () => performance.now(), onEvent = silent, shouldStop = never } = options;
  return withEngine(options, async (opened) => {
    const { engine, dialogue } = opened;
    requireCapabilities(engine, config);
    const source = await trainingSource(config, options.onEvent);
    const validation =
      config.train.evaluateEvery > 0
        ? await evaluationSource(config, "validation", options.onEvent)
        : undefined;
    await requireVideos(engine, source);
    await requireFrames(config, source);
    await requireVideos(engine, validation);
    const training: Training = {
      config,
      engine,
      dialogue,
      source,
      validation,
      order: problemOrder(source, config.train.seed),
      verify: openVerifier(config),
      credit: creditMethod(config.credit),
      clock,
    };
    await checkRunEngine(engine, dialogue, config, onEvent);
    const record = {
      kind: "train" as const,
      config,
      data: { train: source.fingerprint, ...(validation && { validation: validation.fingerprint }) },
    };
    const directory = openDirectory(options.runDirectory, record, options.resume ?? false);
    if (hasWarmStart(config)) {
      const path = directory.at(WARM_START);
      const result = await warmStart(options, opened, path);
      if (result.status === "interrupted") return { ...result, runDirectory: options.runDirectory };
      await engine.load(RunDirectory.open(path).at(FINAL_MODEL));
    }
    const usesReference = algorithmNeeds(config.algorithm).reference || config.train.reportKlEvery > 0;
    if (usesReference) await engine.setReference();
    if (latestCheckpoint(options.runDirectory) === undefined) await hooks.beforeLearning?.(opened);
    onEvent({
      event: "started",
      kind: "train",
      runDirectory: options.runDirectory,
      steps: config.train.iterations,
    });
    const result = await runLoop(directory, engine, reinforcementPhase(training), shouldStop, onEvent);
    if (result.status === "finished") await hooks.afterLearning?.(opened);
    return runResult(result, options.runDirectory, directory);
  });
}
