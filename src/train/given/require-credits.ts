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
  readonly viewTerm?: { readonly views?: readonly { readonly logprobs?: Numbers }[]; readonly at?: unknown };
}

/** The method, in errors, and what it declares that its credits carry. */
interface DeclaredCredit extends Pick<CreditMethod, "needs"> {
  readonly where: string;
  readonly addsLossTerm: CreditMethod["addsLossTerm"] | undefined;
}

const ROLES: Readonly<Record<TokenRole, true>> = { visual: true, text: true, neutral: true };

/**
 * Throws unless there is a credit for each completion, every number of it is finite, and it carries nothing that the method
 * does not declare. A run would leave an undeclared part out of groups whose rewards are all equal.
 *
 * @throws PartError naming the completion
 */
export function requireCredits(credits: unknown, groups: Groups, declared: DeclaredCredit): void {
  const { where } = declared;
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
      const credit = list?.[g]?.[i] ?? {};
      const at = { tokens: mask.length, place, where };
      requireCredit(credit, at);
      requireDeclared(credit, declared, at);
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
  if (viewTerm !== undefined) requireViewTerm(viewTerm, at);
}

function requireViewTerm({ views, at: term }: NonNullable<GivenCredit["viewTerm"]>, at: Place): void {
  const { place, where } = at;
  if (!Array.isArray(views)) {
    throw new PartError(`${where}: expected a list viewTerm.views, got ${shownValue(views)} (${place})`);
  }
  for (const [v, view] of views.entries()) {
    requireNumbers(`viewTerm.views[${v}].logprobs`, (view as { logprobs?: Numbers } | null)?.logprobs, at);
  }
  if (typeof term === "function") return;
  throw new PartError(`${where}: expected a function viewTerm.at, got ${shownValue(term)} (${place})`);
}

function requireDeclared(
  { perception, viewTerm, rewardBonus }: GivenCredit,
  { needs, addsLossTerm }: DeclaredCredit,
  { place, where }: Place,
): void {
  const term = perception !== undefined ? "perception" : viewTerm !== undefined ? "viewTerm" : undefined;
  if (term !== undefined && addsLossTerm !== true) {
    throw new PartError(
      `${where}: expected addsLossTerm: true of a method whose credit has ${term} (${place})`,
    );
  }
  if (rewardBonus !== undefined && needs.allGroups !== true) {
    throw new PartError(
      `${where}: expected needs.allGroups: true of a method whose credit has rewardBonus (${place})`,
    );
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
