/**
 * @module
 * Credit methods of user modules, held to the contract: one finite weight for each token.
 */
import type { CreditMethod } from "../../credit/index.ts";
import { ConfigError, PartError } from "../../errors/index.ts";
import { isSettings } from "../../parts/index.ts";
import { type MadePart, type ModuleLimits, type ModuleReference, makePart } from "../modules/load-module.ts";
import { partError } from "../modules/user-calls.ts";

type Groups = Parameters<CreditMethod["credit"]>[0];

/**
 * The credit method that a module makes.
 *
 * @throws ConfigError when it makes none
 */
export async function creditModule(reference: ModuleReference, limits: ModuleLimits): Promise<CreditMethod> {
  const made = await makePart<undefined, CreditMethod>(reference, undefined, "credit", limits);
  return checkedCredit(made);
}

function checkedCredit({ part, name, origin }: MadePart<CreditMethod>): CreditMethod {
  if (typeof part.credit !== "function" || !isSettings(part.needs)) {
    const got = Object.keys(part).join(", ") || typeof part;
    throw new ConfigError(`credit (${origin}): expected an object with needs and credit, got ${got}`);
  }
  const where = `credit "${part.name ?? name}" (${origin})`;
  return {
    name,
    ...part,
    credit: (groups, rng) => {
      let credits: ReturnType<CreditMethod["credit"]>;
      try {
        credits = part.credit(groups, rng);
      } catch (error) {
        throw partError(error, where);
      }
      requireCredits(credits, groups, where);
      return credits;
    },
  };
}

function requireCredits(credits: unknown, groups: Groups, where: string): void {
  if (credits instanceof Promise) {
    credits.catch(() => {});
    throw new PartError(`${where}: expected weights at once, got a Promise; make credit a plain function`);
  }
  const list = credits as readonly (readonly { readonly weights?: ArrayLike<unknown> }[])[] | undefined;
  for (const [g, group] of groups.entries()) {
    const found = list?.[g]?.length ?? "none";
    if (found !== group.length) {
      throw new PartError(`${where}: expected ${group.length} credits for group ${g}, got ${found}`);
    }
    for (const [i, { mask, problem }] of group.entries()) {
      const place = `completion ${i} of group ${g}${problem === undefined ? "" : ` (problem ${problem.id})`}`;
      requireWeights(list?.[g]?.[i]?.weights, mask.length, place, where);
    }
  }
}

function requireWeights(
  weights: ArrayLike<unknown> | undefined,
  tokens: number,
  place: string,
  where: string,
): void {
  if (weights?.length !== tokens) {
    throw new PartError(
      `${where}: expected ${tokens} weights for ${place}, got ${weights?.length ?? "none"}`,
    );
  }
  const t = Array.prototype.findIndex.call(weights, (weight: unknown) => !Number.isFinite(weight));
  if (t >= 0) {
    throw new PartError(
      `${where}: expected finite weights, got ${String(weights[t])} (token ${t} of ${place})`,
    );
  }
}
