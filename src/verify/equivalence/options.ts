/**
 * @module
 * Option letters A to J in every spelling: "b", "(B)", "B.", "Option B", "B. 12 cm", "（C）".
 */

/** An option, and the text that is written out after its letter. */
export interface WrittenOption {
  readonly letter: string;
  readonly text: string;
}

const NAME = String.raw`(?:(?:the )?(?:option|choice|answer|letter)|选项|选|答案(?:是|为)?)\s?[:：]?\s?`;
/** "a:b = 2:3" is a ratio, no option. */
const RATIO = String.raw`\s?[a-z](?:\s?:\s?[a-z])*\s?=[^=:]+:`;
const ALONE = new RegExp(String.raw`^(?:${NAME})?[([（【]?\s?([a-j])\s?[)\]）】]?\s?[.:：。．,、]?$`, "i");
const WITH_TEXT = new RegExp(
  String.raw`^(?:${NAME})?(?:[(（【]\s?([a-j])\s?[)）】]\s?[.:：]?|([a-j])\s?[.:：。．)）、](?![\d/]*[a-z]*\/|${RATIO}))\s*(\S.*)$`,
  "is",
);
const CAPITAL_WITH_TEXT = /^([A-HJ])\s+(?:[-–—]\s+)?([A-Z][a-z].*|(?<=[-–—]\s+)[a-z]{4}[a-z ,'-]*)$/s;
/** Another letter that is a word of its own in an option's text may be an answer too. */
const OTHER_LETTER =
  /(?<![\p{L}\p{N}°])(?:[B-HJ]|[b-d](?=\s*(?:$|[.),])))(?![\p{L}\p{N}'’])|[(（][A-Ja-j][)）]|\b(?:A|option|choice)\s+(?:or|and)\b/u;

/** The beginning of an option: its letter, or the words before it; markup and brackets may come first. */
const MAY_BE_OPTION = /^(?:[\s([（【{$*`_]|\\\{|\\[a-z]+(?![a-z]))*[a-joclt选答]/i;

/** Whether an answer with its markup may name an option. */
export function mayBeOption(answer: string): boolean {
  return MAY_BE_OPTION.test(answer);
}

/** The option that an answer without markup names; undefined if it names none or possibly two. */
export function writtenOption(plain: string): WrittenOption | undefined {
  const alone = ALONE.exec(plain)?.[1];
  if (alone !== undefined) return { letter: alone.toUpperCase(), text: "" };
  const match = WITH_TEXT.exec(plain) ?? undefined;
  const capital = match === undefined ? CAPITAL_WITH_TEXT.exec(plain) : null;
  const letter = match?.[1] ?? match?.[2] ?? capital?.[1];
  const text = (match?.[3] ?? capital?.[2] ?? "").trim();
  if (letter === undefined || text === "" || OTHER_LETTER.test(text)) return undefined;
  return { letter: letter.toUpperCase(), text };
}

/** "A, C", "A and C", "ACD" without markup as a sorted run of letters; undefined for everything else. */
export function optionSet(answer: string): string | undefined {
  const plain = answer.replace(/^\\(.*)\\$/s, "$1").replace(/[.。]$/, "");
  const isRun = /^[A-J]{2,10}$/.test(plain);
  const isListed =
    /^[([（]?[A-Ja-j][)\]）]?(?:\s?(?:,|，|、|;|&|and|和|, and)\s?[([（]?[A-Ja-j][)\]）]?){1,9}$/.test(
      plain,
    ) || /^[A-J](?: [A-J]){1,9}$/.test(plain);
  if (!isRun && !isListed) return undefined;
  const letters = isRun
    ? Array.from(plain)
    : Array.from(plain.replaceAll(/and|[^A-Ja-j]/g, "").toUpperCase());
  const distinct = [...new Set(letters)].sort();
  if (distinct.length !== letters.length || (isRun && distinct.join("") !== plain)) return undefined;
  return distinct.join("");
}
