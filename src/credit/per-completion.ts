/**
 * @module
 * Shared parts of credit methods: methods that look at completions one by one, by group or all together, and checks
 * that required inputs are present.
 */
import { DataError, EngineError, NumericError } from "../errors/index.ts";
import { requireArray, requireLength, requireObjects } from "../math/check.ts";
import { Rng } from "../math/index.ts";
import { counts } from "./check-signals.ts";
import type { CompletionCredit, CreditCompletion, CreditLabel, CreditMethod, CreditNeeds } from "./method.ts";

/** Inputs of a method beside completions: the source of its draws, and the place of the run. */
export interface CreditRun {
  /** A generator of seed 0 unless the caller gave one. */
  readonly rng: Rng;
  /** Share of the run's iterations that are done, in [0, 1]; 1 unless given. */
  readonly progress: number;
}

/** Reads something from a completion; `where` names it in errors. */
type Read<Result> = (completion: CreditCompletion, where: string) => Result;

/** The same of every completion of a batch. */
function readAll<Result>(groups: readonly (readonly CreditCompletion[])[], read: Read<Result>): Result[][] {
  requireArray("groups", groups);
  return groups.map((group, g) => {
    requireObjects(`groups[${g}]`, group);
    return group.map((completion, i) => {
      const where = completionName(g, i);
      requireArray(`mask of ${where}`, completion.mask);
      return read(completion, where);
    });
  });
}

/** A method that credits each completion without looking at the others; `where` names it in errors. */
export function perCompletion(
  needs: CreditNeeds,
  credit: (completion: CreditCompletion, where: string, run: CreditRun) => CompletionCredit,
): CreditMethod {
  return {
    needs,
    credit: (groups, rng = new Rng(0), progress = 1) =>
      readAll(groups, (completion, where) => credit(completion, where, { rng, progress })),
  };
}

/** A method that compares the completions of a group with each other. */
export function perGroup<Input>(
  needs: CreditNeeds,
  read: Read<Input>,
  credit: (inputs: Input[], run: CreditRun) => CompletionCredit[],
): CreditMethod {
  return {
    needs,
    credit: (groups, rng = new Rng(0), progress = 1) =>
      readAll(groups, read).map((inputs) => credit(inputs, { rng, progress })),
  };
}

/** A method that compares all completions of a batch with each other. */
export function perBatch<Input>(
  needs: CreditNeeds,
  read: Read<Input>,
  credit: (inputs: Input[], run: CreditRun) => CompletionCredit[],
): CreditMethod {
  return {
    needs,
    wholeBatch: true,
    credit: (groups, rng = new Rng(0), progress = 1) => {
      const credits = credit(readAll(groups, read).flat(), { rng, progress });
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

/**
 * Throws unless an advantage is finite, of the completion or of each of its tokens that count.
 *
 * @throws ShapeError, NumericError
 */
export function checkAdvantage(
  advantage: number | ArrayLike<number>,
  tokens: number,
  mask: ArrayLike<number> | undefined,
): void {
  if (typeof advantage !== "number") requireLength("advantage", advantage, tokens);
  for (let t = 0; t < tokens; t++) {
    const own = advantageAt(advantage, t);
    if (Number.isFinite(own) || !counts(mask, t)) continue;
    throw new NumericError(`advantage: expected finite numbers, got ${own} (token ${t})`);
  }
}

/** The advantage of token t. */
export function advantageAt(advantage: number | ArrayLike<number>, t: number): number {
  return typeof advantage === "number" ? advantage : advantage[t]!;
}
