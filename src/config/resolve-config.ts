/**
 * @module
 * Merges defaults, preset, file and flags into one complete configuration, or throws one error that lists every
 * problem.
 */
import { creditMethod } from "../credit/index.ts";
import { ConfigError } from "../errors/index.ts";
import { createAlgorithm } from "../objective/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";
import { creditFaults, pairFaults, plannedIterations, scheduleFaults } from "../train/index.ts";
import { answerVerdict, createVerdict } from "../verify/index.ts";
import { configErrorFrom } from "./explain-issues.ts";
import { mergeSettings } from "./merge.ts";
import { createRewards } from "./open/create-rewards.ts";
import { type Config, configSchema, DEFAULT_KINDS } from "./schema.ts";
import { keysAt } from "./schema-keys.ts";
import { settingsFromFlags } from "./set-flag.ts";
import { expandShortForms } from "./short-forms.ts";

/** The sources of settings; a later field overrides an earlier one. */
export interface ConfigSources {
  /** Settings below the preset, such as the configuration of a run. */
  readonly base?: Settings | undefined;
  readonly preset?: Settings | undefined;
  readonly file?: Settings | undefined;
  /** `--set` flags, `key=value`. */
  readonly flags?: readonly string[] | undefined;
  /** Settings from other flags of the command or from the axes of a grid; later entries override earlier entries. */
  readonly overrides?: Settings | readonly Settings[] | undefined;
}

/** Adds the default kind to parts written without one. */
function withDefaultKinds(settings: Settings): Settings {
  const complete: Record<string, unknown> = { ...settings };
  for (const [part, kind] of Object.entries(DEFAULT_KINDS)) {
    const value = complete[part];
    if (isSettings(value) && !("kind" in value)) complete[part] = { kind, ...value };
  }
  return complete;
}

/** Checks combinations of keys; combinations with user modules are checked once these are loaded. */
function checkCombinations(config: Config): void {
  const { train, sft, sampling } = config;
  const wrong: string[] = [];
  if (train.iterations !== undefined && train.epochs !== undefined) {
    wrong.push(
      `train.epochs: expected train.epochs or train.iterations, got both (${train.epochs} and ${train.iterations})`,
    );
  }
  if (sft.epochs === undefined && sft.steps > 0 && sft.warmup > sft.steps) {
    wrong.push(`sft.warmup: expected at most sft.steps (${sft.steps}), got ${sft.warmup}`);
  }
  const credit = config.credit.kind === "module" ? undefined : creditMethod(config.credit);
  const objective = config.algorithm.kind === "module" ? undefined : createAlgorithm(config.algorithm);
  const iterations = train.epochs === undefined ? plannedIterations(train, Infinity) : Infinity;
  if (objective) wrong.push(...scheduleFaults({ schedule: train, sampling, objective, iterations }));
  if (credit) wrong.push(...creditFaults({ schedule: train, credit }));
  if (objective && credit) wrong.push(...pairFaults(credit, objective));
  if (credit?.needs.labels && config.data.kind === "files") {
    wrong.push(
      `credit.kind "${config.credit.kind}" with data.kind "files": this method needs a label for every token, which a file data set does not have; expected a task with token labels`,
    );
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
  // Rewards are created only for their checks, so a module's verdict is not loaded.
  const verdict = config.verdict.kind === "module" ? answerVerdict() : createVerdict(config.verdict);
  createRewards(config, { verdict, maxCompletionTokens: sampling.maxCompletionTokens });
}

/** Rollouts by rounded weights are corrected for, unless the correction is set or turned off. */
function withCorrection(settings: Settings): Settings {
  const { engine, algorithm = { kind: DEFAULT_KINDS.algorithm } } = settings;
  if (!isSettings(engine) || engine["rollouts"] !== "int8" || !isSettings(algorithm)) return settings;
  const known = keysAt(configSchema, ["algorithm"]);
  const corrects = known.some(({ name, kind }) => name === "samplerCorrection" && kind === algorithm["kind"]);
  if (!corrects || algorithm["samplerCorrection"] !== undefined) return settings;
  return { ...settings, algorithm: { ...algorithm, samplerCorrection: {} } };
}

/** Removes empty sections, which YAML reads as null. */
function withoutEmpty(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}

/**
 * Merges one layer over another. Epochs and iterations both set the length of a run, so a layer with either replaces
 * both.
 */
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
 * The settings of `--set` flags, to be merged over others.
 *
 * @throws ConfigError when a flag is not `key=value`
 */
export function flagSettings(flags: readonly string[]): Settings {
  return settingsFromFlags(configSchema, flags);
}

/**
 * The configuration that the sources define together.
 *
 * @throws ConfigError naming every unknown key with its nearest name, and every impossible value or combination
 */
export function resolveConfig(sources: ConfigSources = {}): Config {
  const flags = flagSettings(sources.flags ?? []);
  const { base = {}, preset = {}, file = {}, overrides = [] } = sources;
  const layers = [base, preset, file, flags, ...[overrides].flat()];
  const settings = layers.map((layer) => expandShortForms(withoutEmpty(layer))).reduce(laid, {});
  const complete = withCorrection(withDefaultKinds(settings));
  const parsed = configSchema.safeParse(complete);
  if (!parsed.success) throw configErrorFrom(configSchema, parsed.error, complete);
  checkCombinations(parsed.data);
  return parsed.data;
}
