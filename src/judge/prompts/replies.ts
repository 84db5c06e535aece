/**
 * @module
 * Parses a judge's reply. A reply without a verdict gives null.
 */

const RIGHT = new Set(["correct", "right", "yes", "true", "1"]);
const WRONG = new Set(["incorrect", "wrong", "no", "false", "0"]);
const LABEL =
  /^(?:(?:final|extracted)\s+)?(?:verdict|judge?ment|answer|result|score|rating|grade|correctness)\s*[:：=]\s*/i;
/** Characters of an extracted answer; more is prose. */
const LONGEST_ANSWER = 500;

/** A line without markup, label and closing punctuation. */
function bare(line: string): string {
  const plain = line.replaceAll(/[*_#`"“”]/g, "").trim();
  return plain
    .replace(LABEL, "")
    .replace(/^\\boxed\{(.*)\}$/, "$1")
    .replace(/[.!。]+$/, "")
    .trim();
}

/** The reply after the judge's own thought; "" where the thought has no end. */
function afterThought(reply: string): string {
  const end = reply.lastIndexOf("</think>");
  if (end >= 0) return reply.slice(end + "</think>".length).trim();
  return /^\s*<think>/.test(reply) ? "" : reply.trim();
}

/** The verdict of the first and the last line; null if neither has one, or they disagree. */
function saidBy(reply: string, read: (line: string) => number | null): number | null {
  const lines = afterThought(reply)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const first = read(lines[0] ?? "");
  const last = read(lines.at(-1) ?? "");
  if (first === null || last === null) return first ?? last;
  return first === last ? first : null;
}

/**
 * 1 for Correct, 0 for Incorrect: as a line of its own, first or last, labelled or not, or at the head of an
 * explanation ("Incorrect. The …").
 *
 * @returns null for anything else
 *
 * @example
 * readBinary("Verdict: **Correct**"); // 1
 * readBinary("It might be correct."); // null
 */
export function readBinary(reply: string): number | null {
  return saidBy(reply, (line) => {
    const word = bare(line).toLowerCase();
    if (RIGHT.has(word)) return 1;
    if (WRONG.has(word)) return 0;
    const head = /^(correct|incorrect)\s*[.,:;–—-]/.exec(word)?.[1];
    return head === undefined ? null : Number(head === "correct");
  });
}

/**
 * A score from 0 to 10, as a line of its own, divided by 10.
 *
 * @returns null for anything else
 *
 * @example
 * readScore("Score: 7/10"); // 0.7
 */
export function readScore(reply: string): number | null {
  return saidBy(reply, (line) => {
    const [, digits] = /^(\d{1,2}(?:\.\d+)?)(?:\s*\/\s*10(?:\.0+)?)?$/.exec(bare(line)) ?? [];
    const score = Number(digits ?? Number.NaN);
    return score >= 0 && score <= 10 ? score / 10 : null;
  });
}

/** An answer that a judge read out of a completion; null where it found none. */
export interface Extraction {
  readonly answer: string | null;
}

/**
 * The answer that a reply states in its last line; `NONE` says that there is none.
 *
 * @returns null for nothing, or for a line too long to be an answer
 */
export function readExtraction(reply: string): Extraction | null {
  const text =
    afterThought(reply)
      .split("\n")
      .findLast((line) => line.trim() !== "") ?? "";
  const answer = text
    .trim()
    .replaceAll(/^[*"“`]+|[*"”`]+$/g, "")
    .replace(LABEL, "")
    .trim();
  if (answer === "" || answer.length > LONGEST_ANSWER) return null;
  return { answer: /^none\.?$/i.test(answer) ? null : answer };
}
