/**
 * @module
 * Low-rank adaptation: the matrices that have an adapter, and its rank. An adapter adds to y = W x
 *
 *     Δy = s · B A x,   A [r, in], B [out, r],   s = α / r, or α / √r when rank-stabilised
 *
 * Source: LoRA, arXiv:2106.09685, section 4.1; the rank-stabilised factor: arXiv:2312.03732, definition 3.
 */
import { ConfigError } from "../../errors/index.ts";
import type { ParameterNames } from "../parameters.ts";
import { LORA_MODULES, type LoraModule } from "./lora-modules.ts";

/** Options of new adapters. */
export interface LoraOptions {
  /** r; 16 unless given. */
  readonly rank?: number;
  /** α; 32 unless given. */
  readonly alpha?: number;
  /** Matrices of every decoder layer; all seven unless given. */
  readonly modules?: readonly LoraModule[];
  /** Adapt the matrices of the vision tower's blocks too: qkv, proj, gate, up and down. False unless given. */
  readonly vision?: boolean;
  /** Divide by √r instead of r. False unless given. */
  readonly rankStabilized?: boolean;
}

/** Whether two shapes adapt the same matrices, with the same ranks and factors. */
export function sameLora(a: LoraShape, b: LoraShape): boolean {
  return (
    a.targets.size === b.targets.size &&
    [...a.targets].every(([name, target]) => {
      const other = b.targets.get(name);
      return other?.rank === target.rank && Math.abs(loraScale(other, b) - loraScale(target, a)) < 1e-9;
    })
  );
}

/** One matrix' adapter. */
export interface LoraTarget {
  readonly rank: number;
  readonly alpha: number;
}

/** All adapters of a model. */
export interface LoraShape {
  /** By the weight's canonical name, `model.layers.0.self_attn.q_proj.weight`. */
  readonly targets: ReadonlyMap<string, LoraTarget>;
  readonly rankStabilized: boolean;
}

/** s of an adapter. */
export function loraScale({ rank, alpha }: LoraTarget, { rankStabilized }: LoraShape): number {
  return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
}

/** Names of a weight's two factors. */
export function loraNames(weight: string): { readonly a: string; readonly b: string } {
  const module = weight.replace(/\.weight$/, "");
  return { a: `${module}.lora_A.weight`, b: `${module}.lora_B.weight` };
}

/** Shapes of a weight's two factors; the weight is `[out, in]`. */
export function loraFactors(weight: readonly number[], rank: number) {
  return { a: [rank, weight[1]!], b: [weight[0]!, rank] } as const;
}

/**
 * The adapters that options ask for.
 *
 * @throws ConfigError when a number is not positive, or nothing is adapted
 */
export function loraShape(names: ParameterNames, options: LoraOptions): LoraShape {
  const { rank = 16, alpha = 32, modules = LORA_MODULES, vision = false, rankStabilized = false } = options;
  if (!(Number.isInteger(rank) && rank > 0))
    throw new ConfigError(`lora.rank: expected a positive integer, got ${rank}`);
  if (!(alpha > 0 && Number.isFinite(alpha)))
    throw new ConfigError(`lora.alpha: expected a positive number, got ${alpha}`);
  const targets = new Map<string, LoraTarget>();
  for (const name of names.shapes.keys()) {
    const module = names.loraModule(name);
    if (module === "vision" ? vision : modules.some((chosen) => chosen === module))
      targets.set(name, { rank, alpha });
  }
  if (targets.size === 0) throw new ConfigError("lora.modules: expected at least one, got none");
  return { targets, rankStabilized };
}
