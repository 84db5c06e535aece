/**
 * @module
 * Credit methods of user modules, checked against the contract: one finite weight for each token.
 */
import type { CreditMethod } from "../../credit/index.ts";
import { heldCredit } from "../../train/index.ts";
import { type ModuleLimits, type ModuleReference, makePart } from "../modules/load-module.ts";

/**
 * The credit method that a module makes.
 *
 * @throws ConfigError when it makes none
 */
export async function creditModule(reference: ModuleReference, limits: ModuleLimits): Promise<CreditMethod> {
  const made = await makePart<undefined, CreditMethod>(reference, undefined, "credit", limits);
  const { part, name, origin } = made;
  return { name, ...heldCredit(part, `credit (${origin})`, `credit "${part.name ?? name}" (${origin})`) };
}
