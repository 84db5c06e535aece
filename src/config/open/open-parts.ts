/**
 * @module
 * From a configuration to the parts of a run: credit, objective, rewards, verdict, task. User modules are loaded here.
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type CreditMethod, creditMethod } from "../../credit/index.ts";
import type { Task } from "../../data/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { type Algorithm, createAlgorithm, type ObjectiveContext } from "../../objective/index.ts";
import {
  namedReward,
  type Reward,
  type RewardContext,
  type RewardPart,
  requireDistinctNames,
} from "../../reward/index.ts";
import { type DownloadEvent, type Evaluated, heldObjective, type TrainParts } from "../../train/index.ts";
import type { Verdict } from "../../verify/index.ts";
import {
  MODULE_LIMITS,
  type ModuleLimits,
  type ModuleReference,
  makePart,
  openModule,
} from "../modules/load-module.ts";
import { moduleHash } from "../modules/module-hash.ts";
import type { Config } from "../schema.ts";
import { createRewards, type RewardModule } from "./create-rewards.ts";
import { creditModule } from "./credit-module.ts";
import { benchmarkModules } from "./open-benchmarks.ts";
import { maxBrokenShare, openTask, problemLimits } from "./open-task.ts";
import { openVerdict } from "./open-verdict.ts";

/** The parts of a run except for its engine and its dialogue. */
export type ConfiguredParts = Omit<
  TrainParts,
  | "engine"
  | "dialogue"
  | "observers"
  | "signal"
  | "clock"
  | "sampling"
  | "reward"
  | "verdict"
  | "credit"
  | "objective"
> &
  Required<Pick<TrainParts, "limits" | "maxBrokenShare" | "evaluationBatch">> & {
    readonly sampling: Config["sampling"];
    readonly reward: readonly Reward[];
    readonly verdict: Verdict;
    readonly credit: CreditMethod;
    readonly objective: Algorithm;
  };

/** The parts of a run that an evaluation needs. */
export function evaluatedParts(
  { task, verdict, limits, maxBrokenShare, evaluationBatch, sampling }: ConfiguredParts,
  opened: Pick<TrainParts, "engine" | "dialogue">,
): Evaluated {
  const measures = task.measures?.bind(task);
  return { ...opened, verdict, measures, limits, maxBrokenShare, evaluationBatch, sampling };
}

/** Options for opening parts. */
export interface OpenPartsOptions {
  /** Called with the progress of a data set's download. */
  readonly onDownload?: ((event: DownloadEvent) => void) | undefined;
  /** Called with delays and failures that do not stop the run, such as a retried judge. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Time limits for user modules. */
  readonly limits?: ModuleLimits | undefined;
  /** The configuration's task, where it is open already. */
  readonly task?: Task | undefined;
}

async function moduleReward(
  entry: RewardModule,
  context: RewardContext,
  limits: ModuleLimits,
): Promise<Reward> {
  const { weight, name: given, ...reference } = entry;
  const made = await makePart<RewardContext, RewardPart>(reference, context, "reward", limits);
  const { part, name: exported, origin } = made;
  if (typeof part !== "function" && typeof part.score !== "function") {
    throw new ConfigError(`reward (${origin}): expected a function, or an object with score`);
  }
  return namedReward(given ?? exported, weight, part, origin);
}

/** The rewards of a configuration, with user modules loaded. */
async function openRewards(
  config: Config,
  warn: OpenPartsOptions["warn"],
  limits: ModuleLimits,
): Promise<Pick<ConfiguredParts, "reward" | "temporal" | "verdict">> {
  const verdict = await openVerdict(config, { warn }, limits);
  const context = { verdict, maxCompletionTokens: config.sampling.maxCompletionTokens, warn };
  const { rewards, temporal } = createRewards(config, context);
  const opened: Reward[] = [];
  for (const reward of rewards) {
    opened.push("score" in reward ? reward : await moduleReward(reward, context, limits));
  }
  requireDistinctNames(opened);
  return { reward: opened, temporal, verdict };
}

/**
 * The credit method of a configuration.
 *
 * @throws ConfigError when it is a module that does not make one
 */
export async function openCredit(
  { credit }: Pick<Config, "credit">,
  limits: ModuleLimits = MODULE_LIMITS,
): Promise<CreditMethod> {
  return credit.kind === "module" ? creditModule(credit, limits) : creditMethod(credit);
}

/** The objective of a configuration. */
export async function openObjective(
  { algorithm, sampling }: Pick<Config, "algorithm" | "sampling">,
  limits: ModuleLimits = MODULE_LIMITS,
): Promise<Algorithm> {
  const context = { maxCompletionTokens: sampling.maxCompletionTokens };
  if (algorithm.kind !== "module") return createAlgorithm(algorithm, context);
  const { part, name, origin } = await makePart<ObjectiveContext, Algorithm>(
    algorithm,
    context,
    "objective",
    limits,
  );
  if (part.unit !== "token" && part.unit !== "pair") {
    throw new ConfigError(`objective (${origin}): expected a record with unit "token" or "pair"`);
  }
  const own = part.name ?? name;
  return { ...heldObjective(part, `objective (${origin})`, `objective "${own}" (${origin})`), name: own };
}

/** Largest size of a script in bytes; larger files in a command are data, such as weights, and are not hashed. */
const LARGEST_SCRIPT = 2 ** 20;

/** The script files of a command: its program, if it is given by its path, and arguments. */
function commandFiles({
  command,
  cwd = ".",
}: {
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
}) {
  return command
    .filter((word, i) => i > 0 || /[\\/]/.test(word))
    .map((word) => resolve(cwd, word))
    .filter((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found?.isFile() === true && found.size <= LARGEST_SCRIPT;
    });
}

/** The modules that a configuration names, with the key of each. */
function moduleReferences(config: Config): (readonly [where: string, reference: ModuleReference])[] {
  const {
    data: task,
    algorithm: objective,
    credit,
    verdict,
    engine,
    prompt,
    reward,
    observers = [],
  } = config;
  const parts = { task, objective, credit, verdict, engine, "prompt.module": prompt.module };
  const named = [
    ...Object.entries(parts),
    ...reward.map((entry) => ["reward", entry] as const),
    ...observers.map((entry) => ["observers", entry] as const),
  ];
  return [
    ...named.flatMap(([where, part]) => (part?.kind === "module" ? [[where, part] as const] : [])),
    ...benchmarkModules(config).map((part) => ["evaluation.benchmarks", part] as const),
  ];
}

/**
 * Loads the modules that a configuration names and checks the options of their parts; no part is made.
 *
 * @throws ConfigError naming the part, the file and the export
 */
export async function checkModules(config: Config, limits: ModuleLimits = MODULE_LIMITS): Promise<void> {
  for (const [where, reference] of moduleReferences(config)) await openModule(reference, where, limits);
}

/**
 * Paths of the modules and of the commands' files that a run's numbers depend on, with the hashes of their sources.
 * Observers only watch.
 *
 * @param isAsked whether a path is asked for; all are unless given
 */
export function moduleHashes(
  config: Config,
  isAsked: (path: string) => boolean = () => true,
): Record<string, string> | undefined {
  const paths = [
    ...moduleReferences(config).flatMap(([where, { module }]) => (where === "observers" ? [] : [module])),
    ...config.reward.flatMap((entry) => (entry.kind === "command" ? commandFiles(entry) : [])),
  ].filter(isAsked);
  if (paths.length === 0) return undefined;
  return Object.fromEntries([...new Set(paths)].sort().map((path) => [path, moduleHash(path)]));
}

/**
 * The parts that a configuration describes.
 *
 * @throws ConfigError when a module does not load or make its part
 * @throws DataError, DownloadError when the data set is not available
 */
export async function openParts(
  config: Config,
  { onDownload, warn, limits = MODULE_LIMITS, task: open }: OpenPartsOptions = {},
): Promise<ConfiguredParts> {
  const { sampling, train, evaluation } = config;
  const { seed, ...schedule } = train;
  const credit = await openCredit(config, limits);
  const objective = await openObjective(config, limits);
  const rewards = await openRewards(config, warn, limits);
  const task = open ?? (await openTask(config, onDownload, limits));
  const modules = moduleHashes(config);
  return {
    ...rewards,
    task,
    credit,
    ...(config.creditAgreement && { creditAgreement: config.creditAgreement }),
    objective,
    sampling,
    schedule,
    seed,
    limits: problemLimits(config),
    maxBrokenShare: maxBrokenShare(config),
    evaluationBatch: evaluation.batchSize,
    record: { config, ...(modules && { modules }) },
  };
}
