/**
 * @module
 * From defaults, preset, file and flags to one complete configuration, or one error that names everything wrong.
 */
import { creditMethod } from "../credit/index.ts";
import { ConfigError } from "../errors/index.ts";
import { createAlgorithm } from "../objective/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";
import { pairFaults, plannedIterations, scheduleFaults } from "../train/index.ts";
import { answerVerdict, createVerdict } from "../verify/index.ts";
import { configErrorFrom } from "./explain-issues.ts";
import { mergeSettings } from "./merge.ts";
import { createRewards } from "./open/create-rewards.ts";
import { type Config, configSchema, DEFAULT_KINDS } from "./schema.ts";
import { settingsFromFlags } from "./set-flag.ts";
import { expandShortForms } from "./short-forms.ts";

/** Where settings come from; later ones win in the order of the fields. */
export interface ConfigSources {
  readonly preset?: Settings | undefined;
  readonly file?: Settings | undefined;
  /** `--set` flags, `key=value`. */
  readonly flags?: readonly string[] | undefined;
  /** What other flags of the command say, or the axes of a grid; later ones win. */
  readonly overrides?: Settings | readonly Settings[] | undefined;
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

/** Combinations that no single key forbids; of modules they are checked when they have been loaded. */
function checkCombinations(config: Config): void {
  const { train, sft, sampling } = config;
  const wrong: string[] = [];
  if (train.iterations !== undefined && train.epochs !== undefined) {
    wrong.push(
      `train.epochs: expected it or train.iterations, got both (${train.epochs} and ${train.iterations})`,
    );
  }
  if (sft.steps > 0 && sft.warmup > sft.steps) {
    wrong.push(`sft.warmup: expected at most sft.steps (${sft.steps}), got ${sft.warmup}`);
  }
  const credit = config.credit.kind === "module" ? undefined : creditMethod(config.credit);
  const objective = config.algorithm.kind === "module" ? undefined : createAlgorithm(config.algorithm);
  const iterations = train.epochs === undefined ? plannedIterations(train, Infinity) : Infinity;
  if (objective) wrong.push(...scheduleFaults({ schedule: train, sampling, objective, iterations }));
  if (objective && credit) wrong.push(...pairFaults(credit, objective));
  if (credit?.needs.labels && config.data.kind === "files") {
    wrong.push(
      `credit.kind "${config.credit.kind}" with data.kind "files": it needs the truth about every token, which a data set in files does not have; expected a task with token labels`,
    );
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
  // Rewards are made for their checks; a verdict of a module is not loaded for them.
  const verdict = config.verdict.kind === "module" ? answerVerdict() : createVerdict(config.verdict);
  createRewards(config, { verdict, maxCompletionTokens: sampling.maxCompletionTokens });
}

/** Settings in which sections without any keys, as YAML reads them, count as not written. */
function withoutEmpty(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

/** One layer over another: epochs and iterations both say how long a run is, so that a layer with one replaces both. */
function laid(base: Settings, over: Settings): Settings {
  const { train } = over;
  const below = base["train"];
  if (!(isSettings(train) && isSettings(below) && ("iterations" in train || "epochs" in train))) {
    return mergeSettings(base, over);
  }
  const { iterations: _iterations, epochs: _epochs, ...rest } = below;
  return mergeSettings({ ...base, train: rest }, over);
}

/**
 * The settings that `--set` flags stand for, to be laid over others.
 *
 * @throws ConfigError when a flag is not `key=value`
 */
export function flagSettings(flags: readonly string[]): Settings {
  return settingsFromFlags(configSchema, flags);
}

/**
 * The configuration that the sources describe together.
 *
 * @throws ConfigError naming every unknown key with its nearest name, and every impossible value or combination
 */
export function resolveConfig(sources: ConfigSources = {}): Config {
  const flags = flagSettings(sources.flags ?? []);
  const layers = [sources.preset ?? {}, sources.file ?? {}, flags, ...[sources.overrides ?? []].flat()];
  const settings = layers.map((layer) => expandShortForms(withoutEmpty(layer))).reduce(laid, {});
  const complete = withDefaultKinds(settings);
  const parsed = configSchema.safeParse(complete);
  if (!parsed.success) throw configErrorFrom(configSchema, parsed.error, complete);
  checkCombinations(parsed.data);
  return parsed.data;
}
