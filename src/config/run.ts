/**
 * @module
 * Whole runs of a configuration: a warm start, or reinforcement learning with the warm start it needs. The input is
 * fully checked before the run directory is created.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSource, type Task } from "../data/index.ts";
import { type Engine, INT8_ROLLOUTS } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { Dialogue } from "../eval/index.ts";
import type { Algorithm } from "../objective/index.ts";
import {
  type ArrangementEvent,
  FINAL_MODEL,
  type Observer,
  type OnEvent,
  RunDirectory,
  runDirectory,
  sft,
  type TrainParts,
  type TrainResult,
  train,
} from "../train/index.ts";
import type { ModuleLimits } from "./modules/load-module.ts";
import { arrangeEngine, withArrangementOf } from "./open/arranged-engine.ts";
import { checkRunEngine } from "./open/engine-check.ts";
import {
  atRecordedCommit,
  contentWarning,
  type ModelContent,
  modelContent,
  recordedContent,
} from "./open/model-content.ts";
import { fetchModel, type OpenEngine, openConfiguredDialogue, openEngine } from "./open/open-model.ts";
import { openObservers } from "./open/open-observers.ts";
import { type ConfiguredParts, checkModules, moduleHashes, openParts } from "./open/open-parts.ts";
import { maxBrokenShare, openTask } from "./open/open-task.ts";
import { referenceWarning } from "./open/reference-warning.ts";
import { resumeRules } from "./resume-rules.ts";
import type { Config } from "./schema.ts";
import { asksForSteps, hasWarmStart, WARM_START } from "./warm-start.ts";

/** Options of a run outside its configuration. */
export interface RunOptions {
  readonly config: Config;
  /** Path of the run directory. */
  readonly runDirectory: string;
  /** Resume the run in the directory. */
  readonly resume?: boolean;
  readonly onEvent?: OnEvent;
  /** Further observers. */
  readonly observers?: readonly Observer[];
  /** When aborted, the run saves a checkpoint after the current step and ends. */
  readonly signal?: AbortSignal | undefined;
  readonly openEngine?: OpenEngine;
  /** Time limits for user modules. */
  readonly moduleLimits?: ModuleLimits;
  /** Resume with user modules whose text has changed since; refused unless given. */
  readonly acceptModules?: boolean;
  /** Milliseconds from any fixed moment. */
  readonly clock?: () => number;
}

/** How a run ended. */
export interface RunResult extends TrainResult {
  readonly runDirectory: string;
}

/** The open resources of a run. */
export interface Opened {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
}

/** The open resources and the task of a run. */
interface OpenedRun {
  readonly opened: Opened;
  readonly task: Task;
}

/**
 * Throws on a configuration that can score but not train.
 *
 * @throws ConfigError naming the key
 */
export function requireTrainable({ engine }: Config): void {
  if (engine.kind === "local" && engine.stream) {
    throw new ConfigError(
      "engine.stream: expected false for training, got true: streamed weights can only score",
    );
  }
}

/** The warning of rollouts in 8 bits that an objective on tokens does not correct. */
export function correctionWarning(
  { engine }: Pick<Config, "engine">,
  objective: Algorithm,
): string | undefined {
  if (engine.kind !== "local" || engine.rollouts !== "int8") return undefined;
  if (objective.unit === "pair" || objective.correction !== undefined) return undefined;
  return (
    'engine.rollouts "int8" without algorithm.samplerCorrection: completions are sampled by rounded weights, and nothing ' +
    "corrects for the difference; the metrics samplerMismatch and samplerMismatchMax say how large it is"
  );
}

/** The caller's event listener and observers. */
function watchers({ onEvent, observers = [] }: RunOptions): Observer[] {
  return [...(onEvent ? [{ name: "events", event: onEvent }] : []), ...observers];
}

/** A task's demonstrations for the warm start. */
function demonstrationsOf({ name, demonstrations }: Task): NonNullable<Task["demonstrations"]> {
  if (demonstrations !== undefined) return demonstrations;
  throw new ConfigError(
    `task ${name}: has no demonstrations to start from; set model to a trained model, sft.steps to 0, or give the task demonstrations`,
  );
}

async function warmStart(
  options: ArrangedRun,
  { engine, dialogue }: Opened,
  task: Task,
  path: string,
  resume: boolean | "if-begun",
): Promise<TrainResult> {
  const { config, signal, clock, acceptModules = false, environment } = options;
  const modules = moduleHashes(config);
  return sft({
    engine,
    dialogue,
    demonstrations: demonstrationsOf(task),
    schedule: config.sft,
    maxCompletionTokens: config.sampling.maxCompletionTokens,
    seed: config.train.seed,
    maxBrokenShare: maxBrokenShare(config),
    observers: [
      runDirectory(path, { resume, ...resumeRules, acceptModules, environment }),
      ...(await openObservers(config, { runDirectory: path, kind: "sft" }, options.moduleLimits)),
      ...watchers(options),
    ],
    signal,
    record: { config, ...(modules && { modules }) },
    ...(clock && { clock }),
  });
}

/** A run whose configuration has the numbers of its engine's arrangement, and how they were chosen. */
interface ArrangedRun extends RunOptions {
  readonly environment: {
    /** Where a local engine computes. */
    readonly device?: string;
    readonly arrangement?: Omit<ArrangementEvent, "event">;
    readonly rollouts?: typeof INT8_ROLLOUTS;
    /** The model's files when the run began; none for the built-in model. */
    readonly model?: ModelContent;
  };
}

/** Opens the task and the engine of a run, runs it, and closes the engine. */
async function withEngine<T>(
  options: RunOptions,
  work: (opened: OpenedRun, run: ArrangedRun) => Promise<T>,
): Promise<T> {
  const { runDirectory: path, resume = false, signal, onEvent } = options;
  requireTrainable(options.config);
  const recorded = resume ? RunDirectory.open(path).record.config : undefined;
  if (!resume) RunDirectory.requireFree(path);
  const asked = withArrangementOf(options.config, recorded);
  const before = resume ? recordedContent(path) : undefined;
  const fetched = await fetchModel(atRecordedCommit(asked, before?.commit), onEvent);
  const dialogue = await openConfiguredDialogue(fetched);
  // Before the engine, whose arrangement may be measured first.
  const task = await openTask(fetched, onEvent, options.moduleLimits);
  const model = modelContent(fetched);
  const changed = contentWarning(before, model);
  if (changed !== undefined) onEvent?.({ event: "warning", message: changed });
  const open = options.openEngine ?? openEngine;
  let environment: ArrangedRun["environment"] = {
    ...(asked.engine.kind === "local" && { device: asked.engine.device }),
    ...(model && { model }),
  };
  const note = (event: ArrangementEvent) => {
    const { event: _, ...arrangement } = event;
    environment = { ...environment, arrangement };
    onEvent?.(event);
  };
  // An engine passed by the caller is already arranged.
  const local = open === openEngine ? await arrangeEngine(fetched, note) : fetched;
  const config = { ...asked, engine: local.engine };
  if (config.engine.kind === "local" && config.engine.rollouts === "int8") {
    environment = { ...environment, rollouts: INT8_ROLLOUTS };
  }
  const engine = await open(local, { ...(signal && { signal }), ...(onEvent && { onRetry: onEvent }) });
  try {
    await checkRunEngine(engine, dialogue, config, onEvent ?? (() => {}));
    return await work({ opened: { engine, dialogue }, task }, { ...options, config, environment });
  } finally {
    await engine.close();
  }
}

/**
 * Runs a supervised warm start.
 *
 * @throws ConfigError, DownloadError, ModelError, DataError before anything is written; RunError when the run cannot
 *   continue
 */
export async function runWarmStart(options: RunOptions): Promise<RunResult> {
  const { config, runDirectory: path, resume = false } = options;
  if (!asksForSteps(config.sft)) {
    throw new ConfigError("sft.steps: expected at least 1, got 0");
  }
  return withEngine(options, async ({ opened, task }, run) => {
    const result = await warmStart(run, opened, task, path, resume);
    return { ...result, runDirectory: path };
  });
}

/** Callbacks with the open engine before and after training. */
export interface TrainingHooks {
  /** Called with the starting weights; not called when a run resumes from a checkpoint. */
  readonly beforeLearning?: (opened: Opened, parts: ConfiguredParts) => Promise<void>;
  /** Called with the final weights; not called when the run was interrupted. */
  readonly afterLearning?: (opened: Opened, parts: ConfiguredParts) => Promise<void>;
}

/**
 * Runs reinforcement learning. With the built-in model, whose weights are random, its warm start comes first, in a
 * run directory of its own within this one.
 *
 * @throws ConfigError, DownloadError, ModelError, DataError before anything is written; RunError when the run cannot
 *   continue
 */
export async function runTraining(options: RunOptions, hooks: TrainingHooks = {}): Promise<RunResult> {
  const { runDirectory: path, resume = false, signal, clock, onEvent } = options;
  const { acceptModules = false } = options;
  // Before a model is fetched, or made at a server.
  await checkModules(options.config, options.moduleLimits);
  return withEngine(options, async ({ opened, task }, run) => {
    const { config, environment } = run;
    const { engine, dialogue } = opened;
    const parts = await openParts(config, {
      task,
      onDownload: onEvent,
      warn: (message) => onEvent?.({ event: "warning", message }),
      limits: options.moduleLimits,
    });
    if (hasWarmStart(config)) demonstrationsOf(parts.task);
    // Opened here so that warm start and training share it.
    const source = await openSource(parts.task.train);
    // A judge or a user's verdict may cost money or minutes.
    const isCostly = config.verdict.kind === "module" || config.verdict.kind === "judge";
    const warning = resume || isCostly ? undefined : await referenceWarning(source, parts.verdict);
    if (warning !== undefined) onEvent?.({ event: "warning", message: warning });
    const uncorrected = resume ? undefined : correctionWarning(config, parts.objective);
    if (uncorrected !== undefined) onEvent?.({ event: "warning", message: uncorrected });
    const complete: TrainParts = {
      ...parts,
      task: { ...parts.task, train: source },
      engine,
      dialogue,
      observers: [
        runDirectory(path, { resume, ...resumeRules, acceptModules, environment }),
        ...(await openObservers(config, { runDirectory: path, kind: "train" }, options.moduleLimits)),
        ...watchers(options),
      ],
      signal,
      ...(clock && { clock }),
    };
    const result = await train(complete, {
      prepare: async () => {
        if (!hasWarmStart(config)) return true;
        const own = join(path, WARM_START);
        mkdirSync(own, { recursive: true });
        const warm = await warmStart(run, opened, parts.task, own, "if-begun");
        if (warm.status === "interrupted") return false;
        await engine.load(join(own, FINAL_MODEL));
        return true;
      },
      beforeLearning: async () => hooks.beforeLearning?.(opened, parts),
      afterLearning: async () => hooks.afterLearning?.(opened, parts),
    });
    return { ...result, runDirectory: path };
  });
}
