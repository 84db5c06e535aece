/**
 * @module
 * Checks a user's credit method against the contract: known needs, one finite weight for each token.
 */
import {
  type CompletionCredit,
  type CreditCompletion,
  type CreditMethod,
  type CreditNeeds,
  type CreditViewTerm,
  withCredit,
} from "../../credit/index.ts";
import { ConfigError, PartError } from "../../errors/index.ts";
import { frozenCopy, isSettings, shownValue } from "../../parts/index.ts";
import { readNeeds } from "./credit-needs.ts";
import { gotText } from "./got.ts";
import { requireCredits } from "./require-credits.ts";
import { heldFunction, requireCount, requireNumbers } from "./returned.ts";

const held = new WeakSet<CreditMethod>();

/**
 * The method wrapped so that failures name it and its credits are checked.
 *
 * @param where the part, for errors before the run
 * @param name the part, for errors during the run
 * @throws ConfigError when it is not a method, or has an unknown or impossible need
 */
export function heldCredit(given: unknown, where: string, name: string): CreditMethod {
  if (typeof given === "object" && given !== null && held.has(given as CreditMethod))
    return given as CreditMethod;
  const method = given as CreditMethod;
  if (!isSettings(given) || typeof given["credit"] !== "function" || !isSettings(given["needs"])) {
    const got = gotText(given).replace(/^an object with /, "");
    throw new ConfigError(`${where}: expected an object with needs and credit, got ${got}`);
  }
  const needs = readNeeds(given["needs"], `${where}: needs`);
  const { lighterNeeds, needsAt, ...members } = withCredit(
    method,
    heldFunction(
      (groups, rng, progress) => method.credit(shownGroups(groups), rng, progress),
      name,
      (credits, groups) =>
        requireCredits(credits, groups, { where: name, needs, addsLossTerm: method.addsLossTerm }),
    ),
  );
  const checked: CreditMethod = {
    ...members,
    needs,
    ...(lighterNeeds && { lighterNeeds: readNeeds(lighterNeeds, `${where}: lighterNeeds`) }),
    ...(needsAt && { needsAt: heldNeeds(needsAt, `${name}: needsAt`) }),
    credit: (groups, rng, progress) => {
      const credits = members.credit(groups, rng, progress);
      return groups.map((group, g) => group.map((_, i) => heldTerm(credits[g]![i]!, name)));
    },
  };
  held.add(checked);
  return checked;
}

/** The completions as copies; Gram matrices, which are large and of no later use, are shared. */
function shownGroups(
  groups: readonly (readonly CreditCompletion[])[],
): readonly (readonly CreditCompletion[])[] {
  const lengths = new Set(groups.flatMap((group) => group.map(({ mask }) => mask.length)));
  return frozenCopy(groups, ({ length }) => lengths.has(length));
}

function heldNeeds(needsAt: (progress: number) => CreditNeeds, where: string) {
  return heldFunction((progress: number) => {
    try {
      return readNeeds(needsAt(progress), where);
    } catch (error) {
      throw error instanceof ConfigError ? new PartError(error.message, { cause: error }) : error;
    }
  }, where);
}

function heldTerm(credit: CompletionCredit, name: string): CompletionCredit {
  const { viewTerm } = credit;
  return viewTerm === undefined
    ? credit
    : { ...credit, viewTerm: heldViewTerm(viewTerm, `${name}: viewTerm.at`) };
}

function heldViewTerm(term: CreditViewTerm, where: string): CreditViewTerm {
  const at = heldFunction(
    (t: number, logprob: number, views: readonly number[]) => term.at(t, logprob, views),
    where,
    (found, t, _logprob, views) => {
      requireNumbers(found, ["value", "given"], `token ${t}`, where);
      requireCount(found.views, views.length, "slopes of views", where);
      // Slopes at constant views are ignored.
      const isFit = (slope: unknown, v: number) =>
        term.views[v]?.isConstant === true || (typeof slope === "number" && !Number.isNaN(slope));
      const v = found.views.findIndex((slope, i) => !isFit(slope, i));
      if (v < 0) return;
      throw new PartError(
        `${where}: expected a slope of view ${v}, got ${shownValue(found.views[v])} (token ${t})`,
      );
    },
  );
  return { views: term.views, at };
}
