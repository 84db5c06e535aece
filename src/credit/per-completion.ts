/**
 * @module
 * Shared parts of credit methods: methods that look at completions one by one, by group or all together, and checks
 * that required inputs are present.
 */
import { DataError, EngineError } from "../errors/index.ts";
import type { Rng } from "../math/index.ts";
import type { CompletionCredit, CreditCompletion, CreditLabel, CreditMethod, CreditNeeds } from "./method.ts";

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

/** Reads a method's input from a completion; `where` names it in errors. */
type Read<Input> = (completion: CreditCompletion, where: string) => Input;

/** A method that compares the completions of a group with each other. */
export function perGroup<Input>(
  needs: CreditNeeds,
  read: Read<Input>,
  credit: (inputs: Input[]) => CompletionCredit[],
): CreditMethod {
  return {
    needs,
    credit: (groups) =>
      groups.map((group, g) => credit(group.map((completion, i) => read(completion, completionName(g, i))))),
  };
}

/** A method that compares all completions of a batch with each other. */
export function perBatch<Input>(
  needs: CreditNeeds,
  read: Read<Input>,
  credit: (inputs: Input[], rng: Rng | undefined) => CompletionCredit[],
): CreditMethod {
  return {
    needs,
    wholeBatch: true,
    credit: (groups, rng) => {
      const inputs = groups.map((group, g) =>
        group.map((completion, i) => read(completion, completionName(g, i))),
      );
      const credits = credit(inputs.flat(), rng);
      let next = 0;
      return groups.map((group) => group.map(() => credits[next++]!));
    },
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
  return requirePart(signals?.[name], `${name} signals`, kind, where);
}

/**
 * A part of what the method asked for.
 *
 * @param name in words
 * @throws EngineError when it is missing
 */
export function requirePart<T>(part: T, name: string, kind: string, where: string): NonNullable<T> {
  if (part === undefined || part === null) {
    throw new EngineError(`${kind}: expected ${name}, got none (${where})`);
  }
  return part;
}

/**
 * The completion's advantage, or its tokens' advantages.
 *
 * @throws EngineError when the completion came without
 */
export function requireAdvantage(
  { advantage }: CreditCompletion,
  kind: string,
  where: string,
): number | ArrayLike<number> {
  return requirePart(advantage, "the completion's advantage", kind, where);
}

/**
 * The token labels that the method needs.
 *
 * @throws DataError when the completion has none
 */
export function requireLabels(
  { labels, problem }: CreditCompletion,
  kind: string,
  where: string,
): readonly CreditLabel[] {
  if (labels !== undefined) return labels;
  const named = problem === undefined ? "" : `, problem ${problem.id}`;
  throw new DataError(`${kind}: expected token labels, got none (${where}${named})`);
}

/** The advantage of token t. */
export function advantageAt(advantage: number | ArrayLike<number>, t: number): number {
  return typeof advantage === "number" ? advantage : advantage[t]!;
}
