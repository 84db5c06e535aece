/**
 * @module
 * Scores of the present policy under the views that a term of the loss has a gradient through. Before the first step they
 * are those that the credit was made of.
 */
import type { CompletionCredit, CreditViewTerm, TermView } from "../../credit/index.ts";
import type { Engine, Sequence } from "../../engine/index.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";

/** `[V][N]` log-probs of the completions of a batch under each view; undefined where nothing was asked. */
export type ViewScores = readonly (readonly (Float64Array | undefined)[])[];

/** The views of a batch's terms, the same for all of its completions; none where no completion has a term. */
export function viewsOf(credits: readonly (CompletionCredit | undefined)[]): readonly TermView[] {
  return credits.find((credit) => credit?.viewTerm)?.viewTerm?.views ?? [];
}

/**
 * Scores completions that have a term under each view that is not constant.
 *
 * @param credits one per sequence
 */
export async function viewScores(
  engine: Pick<Engine, "score">,
  temperature: number,
  sequences: readonly Sequence[],
  credits: readonly (CompletionCredit | undefined)[],
  watch: Stopwatch,
): Promise<ViewScores> {
  const places = credits.flatMap((credit, i) => (credit?.viewTerm ? [i] : []));
  const asked = places.map((place) => sequences[place]!);
  const all: (Float64Array | undefined)[][] = [];
  for (const { image, isConstant } of viewsOf(credits)) {
    const scores = isConstant
      ? []
      : await watch.time("score", () => engine.score(asked, { temperature, image }));
    const own: (Float64Array | undefined)[] = credits.map(() => undefined);
    for (const [j, { logprobs }] of scores.entries()) own[places[j]!] = logprobs;
    all.push(own);
  }
  return all;
}

/** A term with the present policy's log-probs where there are any. */
export function presentTerm(
  term: CreditViewTerm | undefined,
  scores: ViewScores | undefined,
  place: number,
): CreditViewTerm | undefined {
  if (term === undefined || scores === undefined) return term;
  return {
    ...term,
    views: term.views.map((view, v) => ({ ...view, logprobs: scores[v]?.[place] ?? view.logprobs })),
  };
}
