/**
 * @module
 * A check of a data set as text.
 */
import type { DataCheck, ShownProblem, Spread } from "../data/index.ts";
import { textTable } from "../eval/index.ts";

/** Most characters shown of a text. */
const SHOWN_CHARACTERS = 1500;
/** Most names listed. */
const LISTED = 12;

const shown = (value: number) => String(Math.round(10 * value) / 10);

function spreadText({ least, median, mean, greatest }: Spread): string {
  return `${shown(least)} to ${shown(greatest)}, median ${shown(median)}, mean ${shown(mean)}`;
}

function short(text: string): string {
  return text.length <= SHOWN_CHARACTERS
    ? text
    : `${text.slice(0, SHOWN_CHARACTERS)} … (${text.length} characters)`;
}

function listed(names: readonly string[], what: string): string {
  const more = names.length - LISTED;
  return [...names.slice(0, LISTED), ...(more > 0 ? [`and ${more} more ${what}`] : [])].join(", ");
}

/** The number of references that no answer can match. */
function referencesText({ judged, unreachable }: { judged: number; unreachable: number }): string {
  const share = judged === 0 ? 0 : (100 * unreachable) / judged;
  return unreachable === 0
    ? `${judged}, each a right answer to its own problem`
    : `${unreachable} of ${judged} (${shown(share)} %) that no answer can match: their reward is always 0`;
}

/** A problem as model and verdict see it. */
function problemText({ place, prompt, images, videos, answers, reference, solution }: ShownProblem): string {
  const lines = [
    `problem    ${place}`,
    ...short(prompt)
      .split("\n")
      .map((line) => `  | ${line}`),
    ...(images.length > 0
      ? [`  images     ${images.map((size) => size.join(" x ")).join(", ")} pixels`]
      : []),
    ...videos.map(
      ([frames, width, height]) => `  video      ${frames} frames of ${width} x ${height} pixels`,
    ),
    `  reference  ${[...new Set(answers)].map((answer) => JSON.stringify(short(answer))).join(" or ")}`,
  ];
  if (reference !== undefined) {
    const { extracted, reason, isReachable } = reference;
    const read = extracted === null ? "nothing" : JSON.stringify(short(extracted));
    lines.push(
      `  extracted  ${read} out of the reference itself: ${isReachable ? "right" : `not right, ${reason}`}`,
    );
  }
  if (solution !== undefined) lines.push(`  solution   ${JSON.stringify(short(solution))}`);
  return lines.join("\n");
}

/** The number of solutions for a warm start, and how many are longer than a completion may be. */
function solutionsText({ solutions, longSolutions = 0 }: DataCheck, most: number | undefined): string {
  const rows = `${solutions} rows have a completion for a warm start`;
  if (longSolutions === 0) return rows;
  return `${rows}, ${longSolutions} of them of more tokens than sampling.maxCompletionTokens (${most}): completions like them are cut off before their answer`;
}

/**
 * A check as a summary and three problems.
 *
 * @param most tokens that a completion may have, where they are counted
 */
export function checkText(split: string, check: DataCheck, most?: number): string {
  const { pixels, framePixels, videoFrames, questionCharacters, answerCharacters, promptTokens } = check;
  const { references, columns, solutionTokens } = check;
  const kinds = Object.entries(check.kinds).map(([kind, count]) => `${kind} ${count}`);
  const used = Object.entries(columns.used).map(([part, paths]) => `${part} from ${paths.join(", ")}`);
  const rows: (readonly [string, string])[] = [
    [split, `${check.files} ${check.format} ${check.files === 1 ? "file" : "files"}`],
    ["rows", `${check.rows}, ${check.brokenRows} broken, ${check.filteredRows} beyond the limits`],
    ["columns", used.join("; ") || "none"],
    [
      "ignored columns",
      listed(columns.ignored, "columns") || (used.length > 0 ? "none" : "not known: no row could be read"),
    ],
    ["images", `${check.images}, and ${check.problemsWithoutImage} problems without image or video`],
    ...(pixels ? [["pixels", spreadText(pixels)] as const] : []),
    ...(videoFrames ? [["videos", String(check.videos)] as const] : []),
    ...(videoFrames ? [["frames of a video", spreadText(videoFrames)] as const] : []),
    ...(framePixels ? [["pixels of a frame", spreadText(framePixels)] as const] : []),
    ...(questionCharacters ? [["question characters", spreadText(questionCharacters)] as const] : []),
    ...(answerCharacters ? [["answer characters", spreadText(answerCharacters)] as const] : []),
    ...(promptTokens ? [["prompt tokens", spreadText(promptTokens)] as const] : []),
    ["kinds", listed(kinds, "kinds")],
    ["duplicates", `${check.duplicateIds} by id, ${check.duplicateContents} by content`],
    ...(references ? [["references", referencesText(references)] as const] : []),
    ...(check.answersOutsideOptions > 0
      ? [["answers", `${check.answersOutsideOptions} are not among their question's options`] as const]
      : []),
    ...(check.longReferences > 0
      ? [
          [
            "long references",
            `${check.longReferences} of more than 12 words, which an answer would have to repeat`,
          ] as const,
        ]
      : []),
    ...(check.systemText !== undefined
      ? [
          [
            "system messages",
            `${check.systemTexts} rows have one, which Fovea ignores; the first is ${JSON.stringify(short(check.systemText))} (prompt.system sets it)`,
          ] as const,
        ]
      : []),
    ["solutions", solutionsText(check, most)],
    ...(solutionTokens ? [["solution tokens", spreadText(solutionTokens)] as const] : []),
    ["fingerprint", check.fingerprint],
  ];
  const table = textTable(rows.map(([name, value]) => [name, value]));
  return `${[table, ...check.shown.map(problemText)].join("\n\n")}\n`;
}
