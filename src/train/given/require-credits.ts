/**
 * @module
 * The credits that a user's method returns, checked: one finite number for each token wherever one is expected.
 */
import type { CreditMethod, TokenRole } from "../../credit/index.ts";
import { PartError } from "../../errors/index.ts";
import { shownValue } from "../../parts/index.ts";

type Groups = Parameters<CreditMethod["credit"]>[0];
type Numbers = ArrayLike<unknown> | undefined;

/** A credit as a user's method may return it. */
interface GivenCredit {
  readonly weights?: Numbers;
  readonly advantageBonus?: Numbers;
  readonly scores?: Numbers;
  readonly alignment?: Numbers;
  readonly clusters?: Numbers;
  readonly roles?: Numbers;
  readonly rewardBonus?: unknown;
  readonly perception?: {
    readonly ablatedLogprobs?: Numbers;
    readonly coefficients?: Numbers;
    readonly bound?: unknown;
    readonly entropyPenalty?: unknown;
  };
  readonly viewTerm?: { readonly views?: readonly { readonly logprobs?: Numbers }[] };
}

const ROLES: Readonly<Record<TokenRole, true>> = { visual: true, text: true, neutral: true };

/**
 * Throws unless there is a credit for each completion, and every number of it is finite.
 *
 * @param where the method, in errors
 * @throws PartError naming the completion
 */
export function requireCredits(credits: unknown, groups: Groups, where: string): void {
  if (credits instanceof Promise) {
    credits.catch(() => {});
    throw new PartError(`${where}: expected weights, got a Promise; credit must not be async`);
  }
  const list = credits as readonly (readonly GivenCredit[])[] | undefined;
  for (const [g, group] of groups.entries()) {
    const found = list?.[g]?.length ?? "none";
    if (found !== group.length) {
      throw new PartError(`${where}: expected ${group.length} credits for group ${g}, got ${found}`);
    }
    for (const [i, { mask, problem }] of group.entries()) {
      const place = `completion ${i} of group ${g}${problem === undefined ? "" : ` (problem ${problem.id})`}`;
      requireCredit(list?.[g]?.[i] ?? {}, { tokens: mask.length, place, where });
    }
  }
}

/** The completion of a credit, and the method, for errors. */
interface Place {
  readonly tokens: number;
  readonly place: string;
  readonly where: string;
}

function requireCredit(given: GivenCredit, at: Place): void {
  const { weights, advantageBonus, scores, alignment, clusters, roles, perception, viewTerm } = given;
  requireNumbers("weights", weights, at);
  const optional = { advantageBonus, scores, alignment, clusters };
  for (const [name, numbers] of Object.entries(optional)) {
    if (numbers !== undefined) requireNumbers(name, numbers, at);
  }
  if (roles !== undefined) requireRoles(roles, at);
  requireFinite("rewardBonus", given.rewardBonus ?? 0, at);
  if (perception !== undefined) {
    requireNumbers("perception.ablatedLogprobs", perception.ablatedLogprobs, at);
    requireNumbers("perception.coefficients", perception.coefficients, at);
    requireFinite("perception.bound", perception.bound, at);
    requireFinite("perception.entropyPenalty", perception.entropyPenalty, at);
  }
  for (const [v, { logprobs }] of (viewTerm?.views ?? []).entries()) {
    requireNumbers(`viewTerm.views[${v}].logprobs`, logprobs, at);
  }
}

function requireFinite(name: string, number: unknown, { place, where }: Place): void {
  if (Number.isFinite(number)) return;
  throw new PartError(`${where}: expected a finite ${name}, got ${String(number)} (${place})`);
}

function requireEach(name: string, values: Numbers, { tokens, place, where }: Place): ArrayLike<unknown> {
  if (values?.length === tokens) return values;
  throw new PartError(`${where}: expected ${tokens} ${name} for ${place}, got ${values?.length ?? "none"}`);
}

function requireNumbers(name: string, numbers: Numbers, at: Place): void {
  const found = requireEach(name, numbers, at);
  const t = Array.prototype.findIndex.call(found, (number: unknown) => !Number.isFinite(number));
  if (t < 0) return;
  const { place, where } = at;
  throw new PartError(`${where}: expected finite ${name}, got ${String(found[t])} (token ${t} of ${place})`);
}

function requireRoles(roles: Numbers, at: Place): void {
  const found = requireEach("roles", roles, at);
  const t = Array.prototype.findIndex.call(found, (role: unknown) => !Object.hasOwn(ROLES, String(role)));
  if (t < 0) return;
  const { place, where } = at;
  throw new PartError(
    `${where}: expected roles visual, text or neutral, got ${shownValue(found[t])} (token ${t} of ${place})`,
  );
}
