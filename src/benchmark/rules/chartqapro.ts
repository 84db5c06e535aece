/**
 * @module
 * The score of ChartQAPro by its authors' code (vis-nlp/ChartQAPro, commit 4b422c6, MIT), which VLMEvalKit has
 * unchanged, and by lmms-eval (0.7.3, MIT). Numbers count within 5 %, years exactly, other texts by similarity, lists
 * entry by entry.
 */
import { anls, pythonFloat } from "../../verify/index.ts";
import { pythonList } from "../python/list.ts";
import { stripped } from "./python.ts";

const WORD = String.raw`[\p{L}\p{N}_]`;
/** Entries of a list that are not in quotes. */
const BARE = new RegExp(`(?<!'|${WORD})(${WORD}[^,]*?)(?!'|${WORD})`, "gu");
const TOLERANCE = 0.05;
/** Similarity must be above it. */
const THRESHOLD = 0.5;

function listIn(text: string): readonly string[] | undefined {
  return pythonList(text)?.map((entry) => stripped(entry, " '"));
}

/** The entries of a reference: of a list whose entries may lack their quotes, or one. */
function expectedEntries(answer: string): readonly string[] {
  const content = /^\[(.*)\]$/.exec(answer.trim())?.[1];
  const quoted = content === undefined ? undefined : listIn(`[${content.replaceAll(BARE, "'$1'")}]`);
  const list = quoted ?? listIn(answer);
  return list === undefined || list.length === 0 ? [answer] : list;
}

function entriesOf(reply: string): readonly string[] {
  const list = listIn(reply);
  return list === undefined || list.length === 0 ? [reply] : list;
}

/** Without percent signs, as numbers and texts are compared. */
const plain = (text: string) => stripped(text.trim(), "%").trim();
const spaced = (text: string) => text.toLowerCase().trim().split(/\s+/).join(" ");

function entryScore(given: string, expected: string): number {
  const [text, right] = [plain(given), plain(expected)];
  const [x, y] = [pythonFloat(stripped(text, "%")), pythonFloat(stripped(right, "%"))];
  if (x !== undefined && y !== undefined) {
    if (y === 0) return x === 0 ? 1 : 0;
    return Math.abs(x - y) / Math.abs(y) <= TOLERANCE ? 1 : 0;
  }
  const similarity = anls(spaced(text), spaced(right), THRESHOLD);
  return similarity > THRESHOLD ? similarity : 0;
}

/** How an answer is compared. */
interface Comparison {
  /** Whether each entry is a year, "YES" or "NO"; the whole list again for more entries. */
  readonly years: readonly string[];
  /** Whether texts must be the same. */
  readonly isExact?: boolean;
}

/** The mean over entries; one that there is too many or too few of scores 0. */
export function chartQaProScore(
  reply: string,
  answer: string,
  { years, isExact = false }: Comparison,
): number {
  const [expected, given] = [expectedEntries(answer), entriesOf(reply)];
  const flags = years.length < expected.length ? expected.flatMap(() => years) : years;
  const count = Math.max(expected.length, given.length);
  let sum = 0;
  for (let i = 0; i < Math.min(expected.length, given.length); i++) {
    const [x, y] = [given[i]!, expected[i]!];
    if (isExact || flags[i]?.toUpperCase() === "YES")
      sum += x.trim().toLowerCase() === y.trim().toLowerCase() ? 1 : 0;
    else sum += entryScore(x, y);
  }
  return sum / count;
}

/** Without full stops, then line breaks, at either end. */
export function withoutFullStop(text: string): string {
  return stripped(stripped(text, "."), "\n");
}
