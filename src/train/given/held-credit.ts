/**
 * @module
 * Checks a user's credit method against the contract: known needs, one finite weight for each token.
 */
import {
  type CreditMethod,
  type CreditNeeds,
  SIGNALS,
  type SignalName,
  withCredit,
} from "../../credit/index.ts";
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
  const checked = withCredit(method, (groups, rng, progress) => {
    let credits: ReturnType<CreditMethod["credit"]>;
    try {
      credits = method.credit(groups, rng, progress);
    } catch (error) {
      throw partError(error, name);
    }
    requireCredits(credits, groups, name);
    return credits;
  });
  held.add(checked);
  return checked;
}

type Numbers = Readonly<Partial<Record<string, ArrayLike<unknown>>>>;
interface GivenCredit
  extends Readonly<Partial<Record<"weights" | "advantageBonus" | "scores", ArrayLike<unknown>>>> {
  readonly rewardBonus?: unknown;
  readonly perception?: Numbers & { readonly bound?: unknown; readonly entropyPenalty?: unknown };
  readonly viewTerm?: { readonly views?: readonly { readonly logprobs?: ArrayLike<unknown> }[] };
}

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
      const given = list?.[g]?.[i] ?? {};
      const { perception, viewTerm } = given;
      requireNumbers("weights", given.weights, mask.length, place, where);
      const byToken = {
        advantageBonus: given.advantageBonus,
        scores: given.scores,
        ...(perception && {
          "perception.ablatedLogprobs": perception["ablatedLogprobs"] ?? [],
          "perception.coefficients": perception["coefficients"] ?? [],
        }),
        ...Object.fromEntries(
          (viewTerm?.views ?? []).map(({ logprobs }, v) => [`viewTerm.views[${v}].logprobs`, logprobs ?? []]),
        ),
      };
      for (const [name, numbers] of Object.entries(byToken)) {
        if (numbers !== undefined) requireNumbers(name, numbers, mask.length, place, where);
      }
      const ofCompletion = {
        rewardBonus: given.rewardBonus ?? 0,
        "perception.bound": perception === undefined ? 0 : perception.bound,
        "perception.entropyPenalty": perception === undefined ? 0 : perception.entropyPenalty,
      };
      for (const [name, number] of Object.entries(ofCompletion)) {
        if (Number.isFinite(number)) continue;
        throw new PartError(`${where}: expected a finite ${name}, got ${String(number)} (${place})`);
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
