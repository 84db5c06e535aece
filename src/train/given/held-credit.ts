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
import { ConfigError } from "../../errors/index.ts";
import { isSettings, partError } from "../../parts/index.ts";
import { gotText, requireKnownKeys } from "./got.ts";
import { requireCredits } from "./require-credits.ts";

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
