/**
 * @module
 * From a configuration to the parts of a run: credit, objective, rewards, verdict, task. User modules are loaded here.
 */
import { type CreditMethod, creditMethod } from "../../credit/index.ts";
import type { Task } from "../../data/index.ts";
import { ConfigError, FoveaError, NumericError, PartError } from "../../errors/index.ts";
import { type Algorithm, createAlgorithm, type ObjectiveContext } from "../../objective/index.ts";
import {
  namedReward,
  type Reward,
  type RewardContext,
  type RewardPart,
  requireDistinctNames,
} from "../../reward/index.ts";
import type { DownloadEvent, Evaluated, TrainParts } from "../../train/index.ts";
import { createVerdict, type Verdict } from "../../verify/index.ts";
import { makePart } from "../modules/load-module.ts";
import { moduleHash } from "../modules/module-hash.ts";
import type { Config } from "../schema.ts";
import { createRewards, type RewardModule } from "./create-rewards.ts";
import { maxBrokenShare, openTask, problemLimits } from "./open-task.ts";

/** The parts of a run but for its engine and its dialogue. */
export type ConfiguredParts = Omit<
  TrainParts,
  "engine" | "dialogue" | "observers" | "signal" | "clock" | "sampling"
> &
  Required<Pick<TrainParts, "verdict" | "credit" | "limits" | "maxBrokenShare" | "evaluationBatch">> & {
    readonly sampling: Config["sampling"];
  };

/** The parts of a run that an evaluation needs. */
export function evaluatedParts(
  { task, verdict, limits, maxBrokenShare, evaluationBatch, sampling }: ConfiguredParts,
  opened: Pick<TrainParts, "engine" | "dialogue">,
): Evaluated {
  const measures = task.measures?.bind(task);
  return { ...opened, verdict, measures, limits, maxBrokenShare, evaluationBatch, sampling };
}

/** An error of a user's part as one that names the part; errors of the data and of numbers keep their kind. */
function partError(error: unknown, part: string): Error {
  if (error instanceof FoveaError) return error;
  const cause = error as Error;
  return new PartError(`${part}: ${cause.message}`, { cause });
}

/** Calls user code; a failure names the part. */
function calling<T>(part: string, work: () => T): T {
  try {
    const result = work();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw partError(error, part);
    }) as T;
  } catch (error) {
    throw partError(error, part);
  }
}

async function moduleReward(entry: RewardModule, context: RewardContext): Promise<Reward> {
  const { weight, name: given, ...reference } = entry;
  const {
    part,
    name: exported,
    origin,
  } = await makePart<RewardContext, RewardPart>(reference, context, "reward");
  const isPart = typeof part === "function" || typeof part.score === "function";
  if (!isPart) throw new ConfigError(`reward (${origin}): expected a function, or an object with score`);
  const reward = namedReward(given ?? exported, weight, part);
  return {
    ...reward,
    score: (answered, signal) =>
      calling(`reward "${reward.name}" (${origin})`, () => reward.score(answered, signal)),
  };
}

/**
 * The verdict of a configuration.
 *
 * @throws ConfigError when it is a module that does not make one
 */
export async function openVerdict({ verdict }: Pick<Config, "verdict">): Promise<Verdict> {
  if (verdict.kind !== "module") return createVerdict(verdict);
  const { part, name, origin } = await makePart<undefined, Verdict>(verdict, undefined, "verdict");
  if (typeof part.judge !== "function")
    throw new ConfigError(`verdict (${origin}): expected an object with judge`);
  const where = `verdict "${part.name ?? name}" (${origin})`;
  return {
    name: part.name ?? name,
    judge: (text, problem) => calling(where, () => part.judge(text, problem)),
  };
}

/** The rewards of a configuration, those of modules loaded. */
async function openRewards(
  config: Config,
): Promise<Pick<ConfiguredParts, "reward" | "temporal" | "verdict">> {
  const verdict = await openVerdict(config);
  const context = { verdict, maxCompletionTokens: config.sampling.maxCompletionTokens };
  const { rewards, temporal } = createRewards(config, context);
  const opened: Reward[] = [];
  for (const reward of rewards) {
    opened.push("score" in reward ? reward : await moduleReward(reward, context));
  }
  requireDistinctNames(opened);
  return { reward: opened, temporal, verdict };
}

/**
 * The credit method of a configuration.
 *
 * @throws ConfigError when it is a module that does not make one
 */
export async function openCredit({ credit }: Pick<Config, "credit">): Promise<CreditMethod> {
  if (credit.kind !== "module") return creditMethod(credit);
  const { part, name, origin } = await makePart<undefined, CreditMethod>(credit, undefined, "credit");
  if (typeof part.credit !== "function" || typeof part.needs !== "object") {
    throw new ConfigError(`credit (${origin}): expected an object with needs and credit`);
  }
  const where = `credit "${part.name ?? name}" (${origin})`;
  return {
    name,
    ...part,
    credit: (groups, rng) => {
      const credits = calling(where, () => part.credit(groups, rng));
      requireCredits(credits, groups, where);
      return credits;
    },
  };
}

/** Fails where a user's method does not give each token one finite weight. */
function requireCredits(
  credits: ReturnType<CreditMethod["credit"]>,
  groups: Parameters<CreditMethod["credit"]>[0],
  where: string,
): void {
  for (const [g, group] of groups.entries()) {
    if (credits?.[g]?.length !== group.length) {
      throw new PartError(
        `${where}: expected ${group.length} credits for group ${g}, got ${credits?.[g]?.length ?? "none"}`,
      );
    }
    for (const [i, { mask, problem }] of group.entries()) {
      const { weights } = credits[g]![i]!;
      const place = `completion ${i} of group ${g}${problem === undefined ? "" : ` (problem ${problem.id})`}`;
      if (weights?.length !== mask.length) {
        throw new PartError(
          `${where}: expected ${mask.length} weights for ${place}, got ${weights?.length ?? "none"}`,
        );
      }
      const t = Array.prototype.findIndex.call(weights, (weight: unknown) => !Number.isFinite(weight));
      if (t >= 0) {
        throw new NumericError(
          `${where}: expected finite weights, got ${weights[t]} (token ${t} of ${place})`,
        );
      }
    }
  }
}

/** The objective of a configuration. */
export async function openObjective({
  algorithm,
  sampling,
}: Pick<Config, "algorithm" | "sampling">): Promise<Algorithm> {
  const context = { maxCompletionTokens: sampling.maxCompletionTokens };
  if (algorithm.kind !== "module") return createAlgorithm(algorithm, context);
  const { part, name, origin } = await makePart<ObjectiveContext, Algorithm>(algorithm, context, "objective");
  if (part.unit !== "token" && part.unit !== "pair") {
    throw new ConfigError(`objective (${origin}): expected a record with unit "token" or "pair"`);
  }
  return { ...part, name: part.name ?? name };
}

/** Paths of the modules that a configuration names, with the hashes of their sources. */
export function moduleHashes(config: Config): Record<string, string> | undefined {
  const { data, algorithm, credit, verdict, engine, prompt, reward } = config;
  const references = [data, algorithm, credit, verdict, engine, prompt.module, ...reward];
  const paths = references.flatMap((part) => (part?.kind === "module" ? [part.module] : []));
  if (paths.length === 0) return undefined;
  return Object.fromEntries([...new Set(paths)].sort().map((path) => [path, moduleHash(path)]));
}

/** A task whose failures name it. */
function namedFailures(task: Task, config: Config): Task {
  if (config.data.kind !== "module") return task;
  const { module } = config.data;
  const open = task.train;
  return {
    ...task,
    train: async () => {
      const source = typeof open === "function" ? await calling(`task ${module}`, open) : open;
      return Object.assign(Object.create(source) as typeof source, {
        problem: (index: number) => calling(`task ${module}: problem ${index}`, () => source.problem(index)),
      });
    },
  };
}

/**
 * The parts that a configuration describes.
 *
 * @throws ConfigError when a module does not load or make its part
 * @throws DataError, DownloadError when the data set is not available
 */
export async function openParts(
  config: Config,
  onDownload?: (event: DownloadEvent) => void,
): Promise<ConfiguredParts> {
  const { sampling, train, evaluation } = config;
  const { seed, ...schedule } = train;
  const credit = await openCredit(config);
  const objective = await openObjective(config);
  const rewards = await openRewards(config);
  const task = namedFailures(await openTask(config, onDownload), config);
  const modules = moduleHashes(config);
  return {
    ...rewards,
    task,
    credit,
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
