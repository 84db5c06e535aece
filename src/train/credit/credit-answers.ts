/**
 * @module
 * Token credit of completions outside a training run, by any method, on signals of the current weights.
 */
import type { CompletionCredit, CreditCompletion, CreditMethod } from "../../credit/index.ts";
import type { Scorer } from "../../engine/index.ts";
import { type Answered, creditSignals } from "./credit-signals.ts";

/** A completion with the inputs of its credit. */
export interface JudgedAnswer extends Answered {
  /** One advantage for all of its tokens. */
  readonly advantage: number;
  /** `[T]` the label of each token, if known. */
  readonly labels?: CreditCompletion["labels"];
  /** Null if it could not be judged; absent if unknown. */
  readonly reward?: number | null;
}

/**
 * A method's credit of each completion.
 *
 * @param temperature of the completions' sampling
 * @param groups completions that are compared with each other, `[P][G]`
 * @throws EngineError when the engine lacks a signal
 * @throws DataError when the method needs labels and a completion has none
 */
export async function creditAnswers(
  engine: Scorer,
  method: CreditMethod,
  temperature: number,
  groups: readonly (readonly JudgedAnswer[])[],
): Promise<CompletionCredit[][]> {
  const signals = await creditSignals(engine, temperature, method.needs, groups.flat());
  let next = 0;
  return method.credit(
    groups.map((group) =>
      group.map(({ completion: { tokens }, advantage, reward, labels }) => ({
        mask: new Uint8Array(tokens.length).fill(1),
        signals: signals[next++],
        tokens,
        reward,
        labels,
        ...(method.needs.advantage && { advantage: new Float64Array(tokens.length).fill(advantage) }),
      })),
    ),
  );
}
