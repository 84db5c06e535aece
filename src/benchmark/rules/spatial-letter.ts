/**
 * @module
 * The letter that VLMEvalKit (Apache-2.0, commit e8e78f0) reads in answers to its spatial benchmarks, VSI-Bench among them
 * (`can_match_option`).
 */
import { inOpenedTags } from "./opened-tags.ts";

/** The end of a text in which tags and last lines are looked for. */
const TAIL = 800;
const LAST_LINES = 6;
const INVISIBLE = /\u200b|\u200c|\u200d|\ufeff/g;

const OPEN = String.raw`[([{（【]?\s*`;
const CLOSE = String.raw`\s*[)\]}）】]?`;
/** The first sign in `<answer>`: a letter, also that of a word. */
const FIRST_LETTER = /\s*([A-J])/iy;
const ANSWER_CLOSES = /<\s*\/\s*answer\s*>/gi;
const BEFORE_END = ["answer", "think"].map(
  (tag) => new RegExp(String.raw`(?<![A-Za-z])${OPEN}([A-F])${CLOSE}\s*<\/\s*${tag}\s*>`, "i"),
);
/** "Option A: …" lists an option. */
const LISTS = /^[*_>\-\s]*(?:option|选项)\s+[A-J]\s*[:：]/i;
const LONE_LETTER = /^[*_`>（）[\]【】()]*\s*([A-Fa-f])\s*[*_`（）[\]【】()]*$/;
const LABELLED = /^([A-F])\s*[.．:：)\]】、-]\s+/i;
const IN_LINE = /(?<![A-Za-z])([A-F])[*_`）\]})]*(?=$|[\s.,:;!?)\]】》」』，。；、：）])/g;
const WORD = String.raw`[\p{L}\p{N}_]`;
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;
const CONCLUDES = new RegExp(
  String.raw`(?:final\s*answer|the\s*answer\s*is|answer(?:\s*is)?|correct\s*answer|答案|最终答案|结论|所以|因此|我选(?:择)?|选择|选)` +
    String.raw`\s*(?:[:：>＝=]\s*)?(?:[([{（【]\s*)?([A-F])${CLOSE}(?:${BOUNDARY}|[.)、。])`,
  "iu",
);
const ANYWHERE = /(?<![A-Za-z])([A-F])(?![A-Za-z])/g;

const isListing = (line: string) => LISTS.test(line);

/** The only letter that there is, as often as it may be. */
function onlyOne(letters: readonly string[]): string | undefined {
  return new Set(letters).size === 1 ? letters[0] : undefined;
}

const lettersBy = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].map(([, letter]) => letter!);

/** The letter of the last line that has one: alone, as a label, or the only one in it. */
function lastLineLetter(text: string): string | undefined {
  const lines = text
    .split(/\r\n|[\n\r\v\f\u2028\u2029\u0085]/)
    .slice(-LAST_LINES - (/[\n\r]$/.test(text) ? 1 : 0));
  for (const line of lines.map((whole) => whole.trim()).reverse()) {
    if (line === "" || isListing(line)) continue;
    const letter =
      LONE_LETTER.exec(line)?.[1] ?? LABELLED.exec(line)?.[1] ?? onlyOne(lettersBy(IN_LINE, line));
    if (letter !== undefined) return letter.toUpperCase();
  }
  return undefined;
}

/** The letter that begins the content of the first tag `<answer>` that begins with one, if the tag is closed. */
function taggedLetter(text: string): string | undefined {
  const close = [...text.matchAll(ANSWER_CLOSES)].at(-1);
  if (close === undefined) return undefined;
  const letter = inOpenedTags(text, (from) => {
    FIRST_LETTER.lastIndex = from;
    const found = FIRST_LETTER.exec(text)?.[1];
    return found === undefined ? undefined : { found, end: FIRST_LETTER.lastIndex };
  });
  return letter !== undefined && letter.end <= close.index ? letter.found : undefined;
}

function afterThink(text: string): string {
  const ends = [...text.matchAll(/<\/\s*think\s*>/gi)];
  const last = ends.at(-1) ?? [...text.matchAll(/<\s*think\s*>/gi)].at(-1);
  return last === undefined ? text : text.slice(last.index + last[0].length).trim();
}

/** The letter that VLMEvalKit finds; undefined where it finds none. */
export function spatialLetter(answer: string): string | undefined {
  const text = answer.trim().replaceAll(INVISIBLE, "");
  const tail = text.slice(-TAIL);
  const tagged =
    taggedLetter(text) ??
    BEFORE_END.map((pattern) => pattern.exec(tail)?.[1]).find((letter) => letter !== undefined);
  if (tagged !== undefined) return tagged.toUpperCase();
  const last = lastLineLetter(afterThink(text)) ?? lastLineLetter(tail);
  if (last !== undefined) return last;
  const concluded = CONCLUDES.exec(text)?.[1];
  if (concluded !== undefined) return concluded.toUpperCase();
  const prose = text
    .split("\n")
    .filter((line) => !isListing(line))
    .join("\n");
  return onlyOne(lettersBy(ANYWHERE, prose));
}
