/**
 * @module
 * Yes-or-no questions as a detection of yes: accuracy, precision, recall, F1 and the share of yes, as POPE (arXiv:2305.10355)
 * reports them.
 */
import type { Measure, ScoredAnswer } from "./benchmark.ts";
import { accuracy, meanMeasure } from "./measures.ts";

/** How measures of detection are counted. */
export interface DetectionOptions {
  /** Put before each name. */
  readonly prefix?: string;
  /** Added to every denominator, as R-Bench's code does. */
  readonly smoothing?: number;
  /** lmms-eval: an answer that is neither yes nor no is no miss, and the share of yes is that of the accepted answers. */
  readonly asLmmsEval?: boolean;
}

type Said = "yes" | "no" | "neither";

function isYes(text: string | undefined): boolean {
  return text?.toLowerCase() === "yes";
}

/** The answer that was given. An accepted one counts however it was worded. */
function saidIn({ extracted, score, problem }: ScoredAnswer): Said {
  const given = (score === 1 ? problem.answers[0] : extracted)?.toLowerCase();
  return given === "yes" || given === "no" ? given : "neither";
}

/**
 * Measures of judged answers to questions whose accepted answer is yes or no:
 *
 *     precision = TP / (TP + FP),  recall = TP / (TP + FN),  F1 = 2 · precision · recall / (precision + recall)
 *
 * An answer that is neither is a miss where the accepted one is yes. 0 where a denominator is 0.
 */
export function detectionMeasures(
  answers: readonly ScoredAnswer[],
  { prefix = "", smoothing = 0, asLmmsEval = false }: DetectionOptions = {},
): Measure[] {
  const judged = answers.filter(({ score }) => score !== null);
  const truths = judged.map(({ problem }) => isYes(problem.answers[0]));
  const said = judged.map(saidIn);
  const of = judged.length;
  const isSaid = (given: Said | undefined) => given === "yes" || given === "no";
  const places = [...judged.keys()];
  const alarmed = places.filter((i) => said[i] === "yes");
  const present = places.filter((i) => truths[i] && (isSaid(said[i]) || !asLmmsEval));
  const share = (part: number, whole: number) => (whole + smoothing === 0 ? 0 : part / (whole + smoothing));
  /** A share of the answers that it is of; 0 of none. */
  const shareOf = (
    name: string,
    counted: readonly number[],
    isRight: (place: number) => boolean,
  ): Measure => {
    const right = counted.map(isRight);
    const value = share(right.filter(Boolean).length, right.length);
    const mean = {
      values: right.map(Number),
      problems: counted.map((place) => judged[place]!.problem),
    };
    const isMean = smoothing === 0 && right.length > 0;
    return { name: prefix + name, value: of === 0 ? null : value, of: right.length, ...(isMean && mean) };
  };
  const precision = shareOf("precision", alarmed, (i) => truths[i] === true);
  const recall = shareOf("recall", present, (i) => said[i] === "yes");
  const [p, r] = [precision.value ?? 0, recall.value ?? 0];
  return [
    accuracy(judged, `${prefix}accuracy`),
    { name: `${prefix}F1`, value: of === 0 ? null : share(2 * p * r, p + r), of },
    precision,
    recall,
    meanMeasure(
      `${prefix}yes ratio`,
      asLmmsEval ? truths.map(Number) : said.map((given) => Number(given === "yes")),
      judged.map(({ problem }) => problem),
    ),
  ];
}
