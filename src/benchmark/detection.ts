/**
 * @module
 * Yes-or-no questions as a detection of yes: accuracy, precision, recall, F1 and the share of yes, as POPE (arXiv:2305.10355)
 * reports them.
 */
import type { Measure, ScoredAnswer } from "./benchmark.ts";
import { accuracy } from "./measures.ts";

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
  const count = (isCounted: (truth: boolean, given: Said) => boolean) =>
    truths.filter((truth, i) => isCounted(truth, said[i]!)).length;
  const of = judged.length;
  const hits = count((truth, given) => truth && given === "yes");
  const alarms = count((truth, given) => !truth && given === "yes");
  const misses = count((truth, given) => truth && (given === "no" || (given === "neither" && !asLmmsEval)));
  const share = (part: number, whole: number) => (whole + smoothing === 0 ? 0 : part / (whole + smoothing));
  const precision = share(hits, hits + alarms);
  const recall = share(hits, hits + misses);
  const yes = asLmmsEval ? count((truth) => truth) : hits + alarms;
  const measure = (name: string, value: number): Measure => {
    return { name: prefix + name, value: of === 0 ? null : value, of };
  };
  return [
    accuracy(judged, `${prefix}accuracy`),
    measure("F1", share(2 * precision * recall, precision + recall)),
    measure("precision", precision),
    measure("recall", recall),
    measure("yes ratio", of === 0 ? 0 : yes / of),
  ];
}
