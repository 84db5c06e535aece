/**
 * @module
 * The results of every credit method on the same completions, by the training functions and signals of the same
 * weights.
 */
import { type CompletionCredit, type CreditMethod, creditMethod, creditSchema } from "../credit/index.ts";
import type { Scorer } from "../engine/index.ts";
import { creditAnswers, type JudgedAnswer } from "../train/index.ts";
import type { MethodWeights } from "./inspection.ts";

/** A group as methods judge it. */
export interface JudgedGroup {
  readonly answers: readonly JudgedAnswer[];
  readonly temperature: number;
}

/**
 * A method with its options first, then all other built-in methods with their defaults, except for methods that need
 * the truth or rewards.
 */
export function everyMethod(own: CreditMethod): CreditMethod[] {
  const others = creditSchema.options.flatMap(({ shape }) => {
    const { value: kind } = shape.kind;
    const parsed = creditSchema.safeParse({ kind });
    if (kind === own.name || kind === "constant" || !parsed.success) return [];
    const method = creditMethod(parsed.data);
    return method.needs.labels || method.needs.rewards ? [] : [method];
  });
  return [own, ...others];
}

/** The token advantage as a factor of the advantage; an addition to an advantage of 0 has no factor. */
function factors({ weights, advantageBonus }: CompletionCredit, advantage: number): Float64Array {
  if (advantageBonus === undefined || advantage === 0) return weights;
  return weights.map((weight, t) => weight + advantageBonus[t]! / advantage);
}

async function weightsOf(
  engine: Scorer,
  method: CreditMethod,
  group: JudgedGroup,
  place: number,
): Promise<MethodWeights> {
  const kind = method.name ?? "own";
  try {
    const { answers, temperature } = group;
    const credit = (await creditAnswers(engine, method, temperature, [answers]))[0]?.[place];
    if (credit === undefined) return { kind, weights: null, missing: "the method gave no credit" };
    return {
      kind,
      weights: Array.from(factors(credit, answers[place]!.advantage)),
      ...(credit.roles && { roles: credit.roles }),
      ...(credit.clusters && { clusters: Array.from(credit.clusters) }),
    };
  } catch (error) {
    return { kind, weights: null, missing: (error as Error).message };
  }
}

/** Weights of one completion of a group by each method. */
export async function methodWeights(
  engine: Scorer,
  methods: readonly CreditMethod[],
  group: JudgedGroup,
  place: number,
): Promise<MethodWeights[]> {
  const found: MethodWeights[] = [];
  for (const method of methods) found.push(await weightsOf(engine, method, group, place));
  return found;
}
