/**
 * @module
 * Which settings may change between a run and its resumption.
 */
import type { ResumeRules } from "../train/run-directory/run-directory.ts";
import { withFormerArrangement } from "./open/arranged-engine.ts";
import { configSchema } from "./schema.ts";

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
  return HARMLESS.includes(key) || key.startsWith("creditAgreement") || REACHED_BY.test(key);
}

/**
 * `train.iterations` may grow if the learning rate does not depend on it. Record settings may change, and so may the place where
 * the engine computes. A configuration from before a key was added takes the key's default.
 */
export const resumeRules: ResumeRules = {
  complete: (config) => {
    const parsed = configSchema.safeParse(withFormerArrangement(config));
    return parsed.success ? parsed.data : config;
  },
  mayChange: (key, now) => {
    if (isHarmless(key) || ENGINE_REACHED_BY.test(key)) return true;
    const { train } = now as { train?: { schedule?: string } };
    return key === "train.iterations" && train?.schedule === "constant";
  },
};
