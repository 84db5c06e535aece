/**
 * @module
 * Token credit of completions outside a training run: each completion by itself, with an advantage of 1.
 */
import { type CompletionCredit, type CreditMethod, creditMethod, creditSchema } from "../credit/index.ts";
import type { Engine } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import { nearestName } from "../parts/index.ts";
import { creditAnswers, creditCapabilities, type JudgedAnswer } from "../train/index.ts";

/** Whether the method needs only signals that the engine provides. */
export function canCredit(engine: Engine, { needs }: CreditMethod): boolean {
  if (needs.labels || needs.rewards) return false;
  return creditCapabilities(needs).every((needed) => engine.capabilities.has(needed));
}

/**
 * A method's credit of each completion by itself, with an advantage of 1.
 *
 * @param temperature of the completions' sampling
 * @throws EngineError when the engine lacks a signal
 */
export async function creditWeights(
  engine: Engine,
  method: CreditMethod,
  temperature: number,
  answers: readonly Omit<JudgedAnswer, "advantage">[],
): Promise<CompletionCredit[]> {
  const alone = answers.map((answer) => [{ ...answer, advantage: 1 }]);
  return (await creditAnswers(engine, method, temperature, alone)).flat();
}

const KINDS = creditSchema.options.map(({ shape }) => shape.kind.value);

/**
 * Methods by their names, each with its defaults; the configured method keeps its options.
 *
 * @param names separated by commas
 * @throws ConfigError naming the nearest method when one is unknown
 */
export function creditMethodsByName(names: string, configured: CreditMethod): Map<string, CreditMethod> {
  return new Map(
    names.split(",").map((name) => {
      const kind = KINDS.find((known) => known === name.trim());
      if (kind === undefined) {
        const nearest = nearestName(name.trim(), KINDS);
        const hint =
          nearest === undefined ? `expected some of ${KINDS.join(", ")}` : `did you mean "${nearest}"?`;
        throw new ConfigError(`--methods: unknown credit method "${name.trim()}"; ${hint}`);
      }
      return [kind, kind === configured.name ? configured : creditMethod(creditSchema.parse({ kind }))];
    }),
  );
}
