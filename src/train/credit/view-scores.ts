/**
 * @module
 * Scores of the current policy under the views through which a loss term has a gradient. Before the first step these
 * are the scores from which credit was computed.
 */
import type { CompletionCredit, CreditViewTerm, TermView } from "../../credit/index.ts";
import type { Engine, Sequence } from "../../engine/index.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";

/** `[V][N]` log-probs of the completions of a batch under each view; undefined when no scores were requested. */
export type ViewScores = readonly (readonly (Float64Array | undefined)[])[];

/** The views of a batch's terms, the same for all completions; empty if no completion has a term. */
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

/** A term with the current policy's log-probs, if given. */
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
