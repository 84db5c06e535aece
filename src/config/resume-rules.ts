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

/** Settings of how a command or a judge is reached: they change who answers, and not what is asked. */
const REACHED_BY =
  /^(?:reward\.\d+|verdict)\.(?:url|apiKeyVariable|concurrency|timeoutSeconds|retries|cache|budget|cwd)(?:\.|$)/;

/** Whether a setting, by its dotted key, changes neither what a run learns from nor what it learns. */
export function isHarmless(key: string): boolean {
  return HARMLESS.includes(key) || key.startsWith("creditAgreement") || REACHED_BY.test(key);
}

/**
 * `train.iterations` may grow where the learning rate does not depend on it, and settings of the record may change. A
 * configuration that was written before a key was added has the key's default.
 */
export const resumeRules: ResumeRules = {
  complete: (config) => {
    const parsed = configSchema.safeParse(withFormerArrangement(config));
    return parsed.success ? parsed.data : config;
  },
  mayChange: (key, now) => {
    if (isHarmless(key)) return true;
    const { train } = now as { train?: { schedule?: string } };
    return key === "train.iterations" && train?.schedule === "constant";
  },
};
