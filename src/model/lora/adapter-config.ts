/**
 * @module
 * adapter_config.json of PEFT, both ways: which modules are adapted, their ranks and factors.
 */
import { ModelError } from "../../errors/index.ts";
import { Fields } from "../json-fields.ts";
import type { LoraShape, LoraTarget } from "./lora-shape.ts";

/** Fields that change what an adapter computes in ways that are not supported, and the values that do not. */
const REFUSED: readonly (readonly [field: string, harmless: readonly unknown[]])[] = [
  ["bias", ["none"]],
  ["use_dora", [false]],
  ["use_qalora", [false]],
  ["use_bdlora", [false]],
  ["lora_bias", [false]],
  ["fan_in_fan_out", [false]],
  ["modules_to_save", [[]]],
  ["layer_replication", []],
  ["trainable_token_indices", []],
  ["target_parameters", [[]]],
  ["alora_invocation_tokens", []],
  ["arrow_config", []],
  ["monteclora_config", []],
  // Other values change the base model when the adapter is made, and the saved adapter belongs to the changed model.
  ["init_lora_weights", [true, false, "gaussian", "orthogonal", "eva"]],
];

/** Settings that matter while an adapter is made or trained; what it was made by is in `init_lora_weights`. */
const HARMLESS = [
  "use_rslora",
  "loftq_config",
  "corda_config",
  "eva_config",
  "lora_ga_config",
  "megatron_config",
  "runtime_config",
];

/** How an adapter's factors are weighted. */
export interface AdapterConfig {
  readonly rankStabilized: boolean;
  /**
   * α of a module.
   *
   * @param module PEFT's name, `model.language_model.layers.0.self_attn.q_proj`
   */
  readonly alpha: (module: string) => number;
  /** Rank of a module, by the same name. */
  readonly rank: (module: string) => number;
}

/**
 * Reads the parts of an adapter_config.json that its tensors do not say themselves.
 *
 * @param where the file, for messages
 * @throws ModelError naming the field: another method than LoRA, a variant of it that is not supported
 */
export function parseAdapterConfig(json: unknown, where: string): AdapterConfig {
  const fields = new Fields(json, where);
  if (fields.text("peft_type") !== "LORA") throw fields.error("peft_type", '"LORA"');
  for (const [name, harmless] of REFUSED) {
    const value = JSON.stringify(fields.json[name]);
    if (fields.has(name) && !harmless.some((allowed) => JSON.stringify(allowed) === value)) {
      const expected = harmless.map((allowed) => JSON.stringify(allowed)).join(" or ") || "nothing";
      throw fields.error(name, `${expected} (not supported)`);
    }
  }
  refuseUnknownVariants(fields);
  const alpha = fields.positive("lora_alpha", 8);
  const rank = fields.integer("r", 8);
  return {
    rankStabilized: fields.boolean("use_rslora", false),
    alpha: byPattern(fields, "alpha_pattern", alpha),
    rank: byPattern(fields, "rank_pattern", rank),
  };
}

/** A number by module: of the first pattern that the module's name ends with, else the common one. */
function byPattern(fields: Fields, name: string, common: number): (module: string) => number {
  const patterns = fields.object(name);
  const exceptions = Object.keys(patterns.json).map((key) => {
    try {
      return [new RegExp(`^(?:.*\\.)?(?:${key})$`), patterns.positive(key)] as const;
    } catch (cause) {
      if (cause instanceof ModelError) throw cause;
      throw new ModelError(`${fields.where}: ${name}: "${key}" is no pattern`, { cause });
    }
  });
  return (module) => exceptions.find(([pattern]) => pattern.test(module))?.[1] ?? common;
}

/** Refuses switches and settings of variants that are not known, which would change what the adapter computes. */
function refuseUnknownVariants(fields: Fields): void {
  for (const [name, value] of Object.entries(fields.json)) {
    if (HARMLESS.includes(name)) continue;
    if (name.startsWith("use_") && value === true) throw fields.error(name, "false (not supported)");
    const isSet = typeof value === "object" && value !== null && Object.keys(value).length > 0;
    if (name.endsWith("_config") && isSet) throw fields.error(name, "nothing (not supported)");
  }
}

/**
 * The adapter_config.json with which PEFT opens an adapter.
 *
 * @param modules PEFT's names of the adapted modules and their adapters
 * @param base the model that it belongs to, a path or a name of the hub
 */
export function adapterConfigJson(
  modules: ReadonlyMap<string, LoraTarget>,
  { rankStabilized }: LoraShape,
  base: string,
): Record<string, unknown> {
  const all = [...modules.values()];
  const rank = commonest(all.map((target) => target.rank));
  const alpha = commonest(all.map((target) => target.alpha));
  const exceptions = (part: keyof LoraTarget, common: number) =>
    Object.fromEntries(
      [...modules]
        .filter(([, target]) => target[part] !== common)
        .map(([module, target]) => [escaped(module), target[part]]),
    );
  return {
    alpha_pattern: exceptions("alpha", alpha),
    base_model_name_or_path: base,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    peft_type: "LORA",
    r: rank,
    rank_pattern: exceptions("rank", rank),
    target_modules: [...modules.keys()],
    task_type: null,
    use_dora: false,
    use_rslora: rankStabilized,
  };
}

function escaped(name: string): string {
  return name.replaceAll(".", "\\.");
}

function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}
