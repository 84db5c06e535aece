/**
 * @module
 * The parameters of a model: names and shapes, which its architecture defines, and the check of a checkpoint
 * against them. Canonical names are the names that transformers writes in `save_pretrained`.
 */
import { ModelError } from "../errors/index.ts";
import type { LoraModule } from "./lora/lora-modules.ts";

/** A model's parameters. */
export interface ParameterNames {
  /** Every parameter and its shape, by canonical name in the order of the forward pass. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The canonical name of a tensor, from the name in any version of transformers. Unknown names stay as they are. */
  canonical(name: string): string;
  /** A canonical name as current transformers calls the parameter in memory, which is how PEFT names adapters. */
  module(canonical: string): string;
  /** Whether a checkpoint may carry this tensor beside the parameters, computed from them or from the config. */
  isDerived(name: string): boolean;
  /** Derived tensors that are a parameter under a second name, and that parameter. */
  readonly copies: ReadonlyMap<string, string>;
  /** Whether a parameter, or a factor of its adapter, is the vision tower's. */
  isVision(name: string): boolean;
  /** The module of a matrix that can be adapted; undefined where it cannot. */
  loraModule(name: string): LoraModule | "vision" | undefined;
  /** Whether a vector is a norm's, which begins at 1 where biases begin at 0. */
  isNorm(name: string): boolean;
  /** Whether a matrix writes to the residual stream, so that it begins smaller. */
  writesResidual(name: string): boolean;
}

/** Names that a message lists; a layer has twelve. */
const LISTED = 40;

/** The first names and the number of the others, for messages. */
export function listed(names: readonly string[], most = LISTED): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/**
 * Holds the tensors of a checkpoint against the parameters of its config. Derived tensors are not counted as extra.
 *
 * @param found shape of every tensor, by canonical name
 * @throws ModelError that names the missing, the extra and the misshaped tensors
 */
export function checkParameters(
  names: Pick<ParameterNames, "shapes" | "isDerived">,
  found: ReadonlyMap<string, readonly number[]>,
  where: string,
): void {
  const expected = names.shapes;
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  const extra = [...found.keys()].filter((name) => !expected.has(name) && !names.isDerived(name));
  const misshaped: string[] = [];
  for (const [name, shape] of expected) {
    const got = found.get(name);
    if (got !== undefined && (got.length !== shape.length || got.some((size, i) => size !== shape[i]))) {
      misshaped.push(`${name} expected [${shape.join(", ")}], got [${got.join(", ")}]`);
    }
  }
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`missing tensors: ${listed(missing)}`);
  if (extra.length > 0) problems.push(`tensors that the config does not have: ${listed(extra)}`);
  if (misshaped.length > 0) problems.push(`tensors of the wrong shape: ${listed(misshaped)}`);
  if (problems.length > 0) throw new ModelError(`${where}: ${problems.join("; ")}`);
}
