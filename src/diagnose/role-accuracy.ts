/**
 * @module
 * How well each method's scores and roles find the tokens that read the image, against the known truth.
 */
import type { AttentionRow } from "../credit/index.ts";
import { type BootstrapOptions, bootstrapIntervals, type Interval, type Rng } from "../math/index.ts";
import { RankedScores } from "./statistics/area-under-curve.ts";
import { type ClassScore, classScore, confusionMatrix } from "./statistics/confusion.ts";
import { ASSIGNED_ROLES, type MethodColumn, type TokenTable, type Truth } from "./token-table.ts";

export interface RoleAccuracy {
  readonly method: string;
  readonly row?: AttentionRow;
  /** Area under the curve: tokens that read the image against tokens that reason. */
  readonly imageFromReasoning: Interval;
  /** Against all other tokens, words of the template among them. */
  readonly imageFromAll: Interval;
  /** Wrong against right judged tokens: whether the score marks where errors are. */
  readonly wrongFromRight: Interval;
  /** `[true][assigned]` over image, reasoning, other and visual, text, neutral; from methods that draw a line. */
  readonly confusion?: readonly (readonly number[])[];
  /** Visual as image, over all tokens. */
  readonly image?: ClassScore;
  /** Text as reasoning, over all tokens; from methods that assign both roles. */
  readonly reasoning?: ClassScore;
  /** Visual as image over judged tokens alone, where words of the template count for nothing. */
  readonly judgedImage?: ClassScore;
}

/** Every method against the truth, with intervals from resampled completions. */
export function roleAccuracy(
  table: TokenTable,
  truth: Truth,
  rng: Rng,
  options: BootstrapOptions,
): RoleAccuracy[] {
  return table.methods.map((column) => accuracyOf(column, table, truth, rng, options));
}

function accuracyOf(
  { method, row, score, assigned, assigns }: MethodColumn,
  table: TokenTable,
  { role, verdict }: Truth,
  rng: Rng,
  options: BootstrapOptions,
): RoleAccuracy {
  const all = Array.from(role, (_, i) => i);
  const judged = all.filter((i) => role[i]! < 2);
  const verdicts = judged.filter((i) => verdict[i]! >= 0);
  const isImage = (i: number) => Number(role[i] === 0);
  const comparisons = [
    { items: judged, ranked: ranked(judged, score, isImage) },
    { items: all, ranked: ranked(all, score, isImage) },
    { items: verdicts, ranked: ranked(verdicts, score, (i) => Number(verdict[i] === 0)) },
  ];
  const [imageFromReasoning, imageFromAll, wrongFromRight] = bootstrapIntervals(
    table.completions,
    (weights) => comparisons.map((one) => one.ranked.area((k) => weights[table.unit[one.items[k]!]!]!)),
    rng.fork(`${method} ${row ?? ""}`),
    options,
  );
  const areas = {
    method,
    ...(row && { row }),
    imageFromReasoning: imageFromReasoning!,
    imageFromAll: imageFromAll!,
    wrongFromRight: wrongFromRight!,
  };
  if (assigned === undefined) return areas;
  const confusion = confusionMatrix(role, assigned, ASSIGNED_ROLES.length);
  const ofJudged = [...confusion.slice(0, 2), new Array<number>(ASSIGNED_ROLES.length).fill(0)];
  return {
    ...areas,
    confusion,
    image: classScore(confusion, 0),
    ...(assigns === "roles" && { reasoning: classScore(confusion, 1) }),
    judgedImage: classScore(ofJudged, 0),
  };
}

function ranked(
  items: readonly number[],
  score: Float64Array,
  isPositive: (item: number) => number,
): RankedScores {
  return new RankedScores(
    Float64Array.from(items, (i) => score[i]!),
    Uint8Array.from(items, isPositive),
  );
}
