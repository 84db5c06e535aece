/**
 * @module
 * Token credit of completions outside a training run: by any method, on signals of the present weights.
 */
import type { CompletionCredit, CreditCompletion, CreditMethod } from "../../credit/index.ts";
import type { Scorer } from "../../engine/index.ts";
import { type Answered, creditSignals } from "./credit-signals.ts";

/** A completion with what its credit may depend on. */
export interface JudgedAnswer extends Answered {
  /** The same for all of its tokens. */
  readonly advantage: number;
  /** `[T]` what is true of each token, where that is known. */
  readonly labels?: CreditCompletion["labels"];
  /** Null where it could not be judged; unknown unless given. */
  readonly reward?: number | null;
}

/**
 * What a method says of each completion.
 *
 * @param temperature that the completions were sampled at
 * @param groups completions that are compared with each other, `[P][G]`
 * @throws EngineError when the engine lacks a signal
 * @throws DataError when the method cannot do without labels and a completion has none
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
