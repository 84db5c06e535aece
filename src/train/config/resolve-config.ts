/**
 * @module
 * From defaults, preset, file and flags to one complete configuration, or one error that names everything wrong.
 */
import { creditMethod } from "../../credit/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { correctsStaleness, hasAdvantages, keepsTokenCredit } from "../../objective/index.ts";
import { configErrorFrom } from "./explain-issues.ts";
import { isSettings, mergeSettings, type Settings } from "./merge.ts";
import { type Config, configSchema, DEFAULT_KINDS } from "./schema.ts";
import { settingsFromFlags } from "./set-flag.ts";
import { expandShortForms } from "./short-forms.ts";

/** Where settings come from; later ones win in the order of the fields. */
export interface ConfigSources {
  readonly preset?: Settings | undefined;
  readonly file?: Settings | undefined;
  /** `--set` flags, `key=value`. */
  readonly flags?: readonly string[] | undefined;
  /** What other flags of the command say. */
  readonly overrides?: Settings | undefined;
}

/** Names the kind of parts that are written without one. */
function withDefaultKinds(settings: Settings): Settings {
  const complete: Record<string, unknown> = { ...settings };
  for (const [part, kind] of Object.entries(DEFAULT_KINDS)) {
    const value = complete[part];
    if (isSettings(value) && !("kind" in value)) complete[part] = { kind, ...value };
  }
  return complete;
}

/** Combinations that no single key forbids. */
function checkCombinations(config: Config): void {
  const { train, sft, algorithm, credit, reward, sampling } = config;
  const wrong: string[] = [];
  if (train.minibatches > train.promptsPerIteration) {
    wrong.push(
      `train.minibatches: expected at most train.promptsPerIteration (${train.promptsPerIteration}), got ${train.minibatches}`,
    );
  }
  if (train.warmup > train.iterations) {
    wrong.push(`train.warmup: expected at most train.iterations (${train.iterations}), got ${train.warmup}`);
  }
  if (sft.steps > 0 && sft.warmup > sft.steps) {
    wrong.push(`sft.warmup: expected at most sft.steps (${sft.steps}), got ${sft.warmup}`);
  }
  const limit = sampling.maxCompletionTokens;
  if (reward.overlong !== undefined && reward.overlong.buffer > limit) {
    wrong.push(
      `reward.overlong.buffer: expected at most sampling.maxCompletionTokens (${limit}), got ${reward.overlong.buffer}`,
    );
  }
  if (reward.length !== undefined && reward.length.min > limit) {
    wrong.push(
      `reward.length.min: expected at most sampling.maxCompletionTokens (${limit}), got ${reward.length.min}`,
    );
  }
  if (train.maxStaleness > 0 && !correctsStaleness(algorithm)) {
    wrong.push(
      `train.maxStaleness ${train.maxStaleness} with algorithm.kind "${algorithm.kind}": it has no importance ratio, so ` +
        "that samples of an earlier policy would go uncorrected; expected 0, or another algorithm",
    );
  }
  if (sampling.topK === 1) {
    wrong.push("sampling.topK: 1 makes every completion of a group the same, so there is nothing to compare");
  }
  if (!creditMethod(credit).sharesEvenly && !keepsTokenCredit(algorithm)) {
    wrong.push(
      `credit.kind "${credit.kind}" with algorithm.kind "${algorithm.kind}": a sequence-level ratio erases token ` +
        'credit; set algorithm.form to "token", or credit to uniform',
    );
  }
  const addsTerm =
    credit.kind === "papo" ||
    credit.kind === "kl-prcp" ||
    (credit.kind === "vppo" && credit.entropyPenalty > 0);
  if (algorithm.kind === "dpo" && addsTerm) {
    wrong.push(
      `credit.kind "${credit.kind}" with algorithm.kind "dpo": its term of the loss is of tokens, and DPO compares ` +
        "pairs; choose another of the two",
    );
  }
  if (creditMethod(credit).needs.advantage && !hasAdvantages(algorithm)) {
    wrong.push(
      `credit.kind "${credit.kind}" with algorithm.kind "${algorithm.kind}": the credit depends on advantages, and an ` +
        "algorithm that compares completions has none",
    );
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
}

/** Settings in which sections without any keys, as YAML reads them, count as not written. */
function withoutEmpty(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

/**
 * The configuration that the sources describe together.
 *
 * @throws ConfigError naming every unknown key with its nearest name, and every impossible value or combination
 */
export function resolveConfig(sources: ConfigSources = {}): Config {
  const flags = settingsFromFlags(configSchema, sources.flags ?? []);
  const layers = [sources.preset ?? {}, sources.file ?? {}, flags, sources.overrides ?? {}];
  const settings = layers.map((layer) => expandShortForms(withoutEmpty(layer))).reduce(mergeSettings, {});
  const complete = withDefaultKinds(settings);
  const parsed = configSchema.safeParse(complete);
  if (!parsed.success) throw configErrorFrom(configSchema, parsed.error, complete);
  checkCombinations(parsed.data);
  return parsed.data;
}
