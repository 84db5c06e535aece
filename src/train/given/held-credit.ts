/**
 * @module
 * Checks a user's credit method against the contract: known needs, one finite weight for each token.
 */
import { type CreditMethod, type CreditNeeds, SIGNALS, type SignalName } from "../../credit/index.ts";
import { ConfigError, PartError } from "../../errors/index.ts";
import { isSettings, partError } from "../../parts/index.ts";
import { gotText, requireKnownKeys } from "./got.ts";

type Groups = Parameters<CreditMethod["credit"]>[0];

/** Needs other than signals. */
const OTHER_NEEDS: Readonly<Record<Exclude<keyof CreditNeeds, SignalName>, true>> = {
  entropy: true,
  ablation: true,
  views: true,
  nucleusEntropy: true,
  groupDivergence: true,
  advantage: true,
  labels: true,
  allGroups: true,
  rewards: true,
};

const held = new WeakSet<CreditMethod>();

/**
 * The method wrapped so that failures name it and its credits are checked.
 *
 * @param where the part, for errors before the run
 * @param name the part, for errors during the run
 * @throws ConfigError when it is not a method, or has an unknown need
 */
export function heldCredit(given: unknown, where: string, name: string): CreditMethod {
  if (typeof given === "object" && given !== null && held.has(given as CreditMethod))
    return given as CreditMethod;
  const method = given as CreditMethod;
  if (!isSettings(given) || typeof given["credit"] !== "function" || !isSettings(given["needs"])) {
    const got = gotText(given).replace(/^an object with /, "");
    throw new ConfigError(`${where}: expected an object with needs and credit, got ${got}`);
  }
  const known = [...Object.keys(OTHER_NEEDS), ...SIGNALS.map((signal) => signal.name)];
  requireKnownKeys(given["needs"], known, `${where}: needs`);
  const checked: CreditMethod = {
    ...method,
    needs: method.needs,
    credit: (groups, rng, progress) => {
      let credits: ReturnType<CreditMethod["credit"]>;
      try {
        credits = method.credit(groups, rng, progress);
      } catch (error) {
        throw partError(error, name);
      }
      requireCredits(credits, groups, name);
      return credits;
    },
  };
  held.add(checked);
  return checked;
}

type GivenCredit = Readonly<Partial<Record<"weights" | "advantageBonus" | "scores", ArrayLike<unknown>>>>;

function requireCredits(credits: unknown, groups: Groups, where: string): void {
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
      const { weights, ...others } = list?.[g]?.[i] ?? {};
      requireNumbers("weights", weights, mask.length, place, where);
      for (const name of ["advantageBonus", "scores"] as const) {
        if (others[name] !== undefined) requireNumbers(name, others[name], mask.length, place, where);
      }
    }
  }
}

function requireNumbers(
  name: string,
  numbers: ArrayLike<unknown> | undefined,
  tokens: number,
  place: string,
  where: string,
): void {
  if (numbers?.length !== tokens) {
    throw new PartError(
      `${where}: expected ${tokens} ${name} for ${place}, got ${numbers?.length ?? "none"}`,
    );
  }
  const t = Array.prototype.findIndex.call(numbers, (number: unknown) => !Number.isFinite(number));
  if (t >= 0) {
    throw new PartError(
      `${where}: expected finite ${name}, got ${String(numbers[t])} (token ${t} of ${place})`,
    );
  }
}
