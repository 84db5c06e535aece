/**
 * @module
 * Which settings may change between a run and its resumption.
 */
import { creditMethod } from "../credit/index.ts";
import type { ResumeRules } from "../train/run-directory/run-directory.ts";
import { withFormerArrangement } from "./open/arranged-engine.ts";
import { type Config, configSchema } from "./schema.ts";
import { sharedWarmStart } from "./warm-start.ts";

/** Settings that change neither numbers nor data. */
const HARMLESS = [
  "train.checkpointEvery",
  "train.keepCheckpoints",
  "train.rolloutsEvery",
  "train.rolloutGroups",
  "train.maxFailedRewardShare",
  "train.rewardTimeoutSeconds",
];

/** Connection settings of a command or a judge; they do not change its input. */
const REACHED_BY =
  /^(?:reward\.\d+|verdict)\.(?:url|apiKeyVariable|concurrency|timeoutSeconds|retries|cache|budget|cwd)(?:\.|$)/;

/**
 * Where the model computes and how the engine is reached: another device or budget of memory changes the last digits at
 * most, and a server may have moved.
 */
const ENGINE_REACHED_BY =
  /^engine\.(?:device|memory|url|apiKeyVariable|retryMinutes|resultMinutes|maxRequestMegabytes|check)(?:\.|$)/;

/** Whether a setting, by its dotted key, affects neither a run's data nor its updates. */
export function isHarmless(key: string): boolean {
  const isOfRecord = /^(?:creditAgreement|observers)(?:\.|$)/.test(key);
  return isOfRecord || HARMLESS.includes(key) || REACHED_BY.test(key);
}

/** Whether an iteration is the same in a longer run: nothing follows the share of the run that is done. */
function isSameInLonger({ train, algorithm, credit }: Partial<Config>): boolean {
  const followsRun =
    train?.rollouts?.kind === "noisy" ||
    (algorithm !== undefined && "klSchedule" in algorithm && algorithm.klSchedule !== undefined) ||
    (credit !== undefined && credit.kind !== "module" && creditMethod(credit).followsRun === true);
  return train?.schedule === "constant" && !followsRun;
}

/** Whether both runs begin with one warm start of a grid that was moved. */
function haveOneStart(...configs: readonly Partial<Config>[]): boolean {
  const [before, now] = configs.map(({ model }) =>
    model?.kind === "directory" ? sharedWarmStart(model.path) : undefined,
  );
  return now !== undefined && now === before;
}

/**
 * `train.iterations` may grow if neither the learning rate nor another part follows the share of the run that is done. Record settings may change, and so may the place where
 * the engine computes. A configuration from before a key was added takes the key's default.
 */
export const resumeRules: ResumeRules = {
  complete: (config) => {
    const parsed = configSchema.safeParse(withFormerArrangement(config));
    return parsed.success ? parsed.data : config;
  },
  mayChange: (key, now, before) => {
    if (isHarmless(key) || ENGINE_REACHED_BY.test(key)) return true;
    if (key === "model.path") return haveOneStart(before as Partial<Config>, now as Partial<Config>);
    return key === "train.iterations" && isSameInLonger(now as Partial<Config>);
  },
};
