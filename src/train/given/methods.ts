/**
 * @module
 * Credit method, objective and verdict as a program passes them: built-in by kind, or user-defined.
 */
import { type CreditInput, type CreditMethod, creditMethod, creditSchema } from "../../credit/index.ts";
import { ConfigError } from "../../errors/index.ts";
import {
  type Algorithm,
  type AlgorithmInput,
  algorithmSchema,
  createAlgorithm,
  type ObjectiveContext,
} from "../../objective/index.ts";
import { isByKind, isSettings, parseByKind } from "../../parts/index.ts";
import {
  answerVerdict,
  checkedVerdict,
  createVerdict,
  type Verdict,
  type VerdictInput,
  verdictSchema,
} from "../../verify/index.ts";
import { gotText, requireMethods } from "./got.ts";
import { heldCredit } from "./held-credit.ts";
import { heldObjective } from "./held-objective.ts";

/** Milliseconds of one judgement. */
const CALL_LIMIT = 600_000;

/** A credit method, or a built-in one by its kind. */
export type GivenCredit = CreditMethod | CreditInput | CreditInput["kind"];
/** An algorithm, or a built-in one by its kind. */
export type GivenObjective = Algorithm | AlgorithmInput | AlgorithmInput["kind"];
/** A verdict, or a built-in one by its kind. */
export type GivenVerdict = Verdict | VerdictInput | VerdictInput["kind"];

/** Credit methods to compare with the run's method. */
export interface GivenAgreement {
  readonly methods: readonly GivenCredit[];
  /** Share of each completion's tokens, by highest signal; default 0.2. */
  readonly share?: number;
  /** Iterations between measurements; default 1. */
  readonly every?: number;
}

/**
 * The credit method of a run; default: uniform.
 *
 * @param isConfigured whether it comes from a configuration, which has already checked a user's method
 */
export function creditOf(given: GivenCredit = "uniform", isConfigured = false): CreditMethod {
  if (isConfigured && isSettings(given) && "credit" in given) return given as unknown as CreditMethod;
  if (isByKind(given) && !(isSettings(given) && "credit" in given)) {
    return creditMethod(parseByKind(creditSchema, given, "credit"));
  }
  const name = (given as Partial<CreditMethod> | null)?.name;
  return heldCredit(given, "credit", name === undefined ? "credit" : `credit "${name}"`);
}

/** The algorithm of a run; default: GRPO. */
export function objectiveOf(given: GivenObjective = "grpo", context: ObjectiveContext = {}): Algorithm {
  if (isSettings(given) && "unit" in given) {
    const { unit, name } = given as { readonly unit: unknown; readonly name?: unknown };
    if (unit === "token" || unit === "pair") {
      return heldObjective(
        given,
        "objective",
        typeof name === "string" ? `objective "${name}"` : "objective",
      );
    }
  } else if (isByKind(given)) {
    return createAlgorithm(parseByKind(algorithmSchema, given, "objective"), context);
  }
  throw new ConfigError(
    `objective: expected a kind, or a record with unit "token" or "pair", got ${gotText(given)}`,
  );
}

/** The verdict of a run, whose failures name it; default: the answer verdict. */
export function verdictOf(given?: GivenVerdict): Verdict {
  if (given === undefined) return answerVerdict();
  if (isByKind(given) && !(isSettings(given) && "judge" in given)) {
    return createVerdict(parseByKind(verdictSchema, given, "verdict"));
  }
  requireMethods(given, ["judge"], "verdict", "an object with name and judge");
  const verdict = given as Verdict;
  if (typeof verdict.name !== "string" || verdict.name === "") {
    throw new ConfigError(`verdict.name: expected a text, got ${gotText(verdict.name)}`);
  }
  return checkedVerdict(verdict, `verdict "${verdict.name}"`, CALL_LIMIT);
}
