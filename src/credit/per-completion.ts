/**
 * @module
 * What makers of credit methods share: methods that look at one completion at a time, and what must be there.
 */
import { DataError, EngineError } from "../errors/index.ts";
import type {
  CompletionCredit,
  CreditCompletion,
  CreditedLabel,
  CreditMethod,
  CreditNeeds,
} from "./method.ts";

/** A method that credits each completion without looking at the others; `where` names it in errors. */
export function perCompletion(
  needs: CreditNeeds,
  credit: (completion: CreditCompletion, where: string) => CompletionCredit,
): CreditMethod {
  return {
    needs,
    credit: (groups) =>
      groups.map((group, g) => group.map((completion, i) => credit(completion, completionName(g, i)))),
  };
}

/** How errors name a completion. */
export function completionName(group: number, completion: number): string {
  return `completion ${completion} of group ${group}`;
}

/**
 * A signal that the method asked for.
 *
 * @throws EngineError when the engine did not send it
 */
export function requireSignal<S extends keyof NonNullable<CreditCompletion["signals"]>>(
  { signals }: CreditCompletion,
  name: S,
  kind: string,
  where: string,
): NonNullable<NonNullable<CreditCompletion["signals"]>[S]> {
  const signal = signals?.[name];
  if (signal === undefined || signal === null) {
    throw new EngineError(`${kind}: expected ${name} signals, got none (${where})`);
  }
  return signal;
}

/**
 * The advantage that the method asked for.
 *
 * @throws EngineError when there is none
 */
export function requireAdvantage(
  { advantage }: CreditCompletion,
  kind: string,
  where: string,
): number | ArrayLike<number> {
  if (advantage !== undefined) return advantage;
  throw new EngineError(`${kind}: expected the completion's advantage, got none (${where})`);
}

/**
 * The truth about tokens that the method asked for.
 *
 * @throws DataError when the completion has none
 */
export function requireLabels(
  { labels, problem }: CreditCompletion,
  kind: string,
  where: string,
): readonly CreditedLabel[] {
  if (labels !== undefined) return labels;
  const named = problem === undefined ? "" : `, problem ${problem.id}`;
  throw new DataError(
    `${kind}: expected token labels, which say what is true of every token; got none (${where}${named})`,
  );
}
