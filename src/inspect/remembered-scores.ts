/**
 * @module
 * An engine that does not score the same sequences twice for what it knows already. Credit methods ask for much of the
 * same, and where weights are streamed from the disk every pass reads the whole model.
 */
import { isDeepStrictEqual } from "node:util";
import type { Score, ScoreRequest, Scorer, Sequence } from "../engine/index.ts";

interface Remembered {
  readonly sequences: readonly Sequence[];
  readonly request: ScoreRequest;
  readonly scores: Promise<Score[]>;
}

/** Whether a pass that gave `request` gave all that `asked` asks for, from the same distribution. */
function covers(
  { signals = {}, ...request }: ScoreRequest,
  { signals: wanted = {}, ...asked }: ScoreRequest,
) {
  const {
    entropy,
    nucleusEntropy,
    groupDivergence,
    divergenceFrom,
    values,
    likeliest,
    alternatives,
    ...pass
  } = request;
  const {
    entropy: e,
    nucleusEntropy: n,
    groupDivergence: g,
    divergenceFrom: d,
    values: v,
    likeliest: l,
    alternatives: a,
    ...askedPass
  } = asked;
  const extras = {
    entropy,
    nucleusEntropy,
    groupDivergence,
    divergenceFrom,
    values,
    likeliest,
    alternatives,
    ...signals,
  };
  const wantedExtras = Object.entries({
    entropy: e,
    nucleusEntropy: n,
    groupDivergence: g,
    divergenceFrom: d,
    values: v,
    likeliest: l,
    alternatives: a,
    ...wanted,
  });
  return (
    isDeepStrictEqual(pass, askedPass) &&
    wantedExtras.every(
      ([name, value]) => value === undefined || isDeepStrictEqual(value, extras[name as keyof typeof extras]),
    )
  );
}

const areSame = (a: readonly Sequence[], b: readonly Sequence[]) =>
  a.length === b.length &&
  a.every(
    ({ prompt, completion }, i) => prompt === b[i]!.prompt && isDeepStrictEqual(completion, b[i]!.completion),
  );

/**
 * Scores of weights that nobody changes meanwhile, from an earlier pass where one gave all that is asked for. Prompts are
 * the same where they are the same object.
 */
export function rememberedScores(engine: Scorer): Scorer {
  const passes: Remembered[] = [];
  return {
    score(sequences, request = {}) {
      const known = passes.find(
        (pass) => areSame(pass.sequences, sequences) && covers(pass.request, request),
      );
      if (known !== undefined) return known.scores;
      const scores = engine.score(sequences, request);
      passes.push({ sequences, request, scores });
      return scores;
    },
  };
}
