/**
 * @module
 * VQA accuracy over the answers of ten people: VQAv2 (arXiv:1612.00837) and TextVQA (arXiv:1904.08920), with the
 * normalisation of the challenge's code.
 */
import * as z from "zod";
import { defineVerdict, judged, readAnswer, sourceSchema } from "../definition.ts";

const NUMBER_WORDS: ReadonlyMap<string, string> = new Map(
  "none zero one two three four five six seven eight nine ten"
    .split(" ")
    .map((word, i) => [word, String(Math.max(0, i - 1))] as const),
);
const ARTICLES = new Set(["a", "an", "the"]);
/** Contractions; a spelling that lacks exactly one of their apostrophes is put right. */
const CONTRACTIONS =
  "ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've " +
  "he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've " +
  "needn't not've o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll " +
  "somebody's someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd " +
  "there'd've there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll " +
  "what're what's what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't " +
  "would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've";
const WHOLE = new Map(
  CONTRACTIONS.split(" ").flatMap((word) =>
    [...word.matchAll(/'/g)].map(
      ({ index }) => [word.slice(0, index) + word.slice(index + 1), word] as const,
    ),
  ),
);
// The entry that the challenge's table has in the opposite direction.
WHOLE.set("somebody'd", "somebodyd");
const PUNCTUATION = [
  ";",
  "/",
  "[",
  "]",
  '"',
  "{",
  "}",
  "(",
  ")",
  "=",
  "+",
  "\\",
  "_",
  "-",
  ">",
  "<",
  "@",
  "`",
  ",",
  "?",
  "!",
];

/**
 * The implementation whose normalisation is used.
 *
 * - `lmms-eval`: no punctuation, digits for number words, no articles, whole contractions, on both sides.
 * - `vqa-v2`: the challenge's own code: so where people do not all give the same answer; else texts as they are.
 * - `evalai`: before that no comma, no question mark, and a blank before 's; TextVQA's code in Pythia.
 * - `vlmevalkit`: a full stop goes only where no digit is on either side.
 */
export const VQA_SPELLINGS = ["lmms-eval", "vqa-v2", "evalai", "vlmevalkit"] as const;
type Spelling = (typeof VQA_SPELLINGS)[number];

function withoutPunctuation(text: string, spelling: Spelling): string {
  const isNumeric = /\d,\d/.test(text);
  let plain = text;
  for (const sign of PUNCTUATION) {
    const isLoose = isNumeric || text.includes(`${sign} `) || text.includes(` ${sign}`);
    plain = plain.replaceAll(sign, isLoose ? "" : " ");
  }
  return plain.replaceAll(spelling === "vlmevalkit" ? /(?<!\d)\.(?!\d)/g : /\.(?!\d)/g, "");
}

function lined(text: string): string {
  return text.replaceAll(/[\n\t]/g, " ").trim();
}

/** An answer as the challenge compares it: no punctuation, digits for number words, no articles, contractions whole. */
export function vqaNormalized(text: string, spelling: Spelling = "lmms-eval"): string {
  const tokens =
    spelling === "evalai" ? text.toLowerCase().replaceAll(/[,?]/g, "").replaceAll("'s", " 's").trim() : text;
  return withoutPunctuation(lined(tokens), spelling)
    .toLowerCase()
    .split(/\s+/)
    .map((word) => NUMBER_WORDS.get(word) ?? word)
    .filter((word) => word !== "" && !ARTICLES.has(word))
    .map((word) => WHOLE.get(word) ?? word)
    .join(" ");
}

/** The function that makes texts comparable. */
function comparable(answers: readonly string[], spelling: Spelling): (text: string) => string {
  const isUnanimous = spelling === "vqa-v2" && new Set(answers.map(lined)).size === 1;
  return isUnanimous ? lined : (text) => vqaNormalized(text, spelling);
}

/** Fewer answers cannot hold three that agree beside the one that is left out. */
const MIN_ANSWERS = 4;

/**
 * The mean over each person left out of min(1, n/3), n the others who gave this answer.
 *
 *     accuracy = 1/N · Σ_i min(1, |{j ≠ i : answer_j = given}| / 3)
 *
 * @returns null for fewer than four answers, for which it is not defined
 */
export function vqaAccuracy(
  given: string,
  answers: readonly string[],
  spelling: Spelling = "lmms-eval",
): number | null {
  if (answers.length < MIN_ANSWERS) return null;
  const plain = comparable(answers, spelling);
  const compared = plain(given);
  const matches = answers.filter((answer) => plain(answer) === compared).length;
  const others = answers.length - matches;
  const without = Math.min(1, (matches - 1) / 3);
  return (matches * without + others * Math.min(1, matches / 3)) / answers.length;
}

/** The verdict `vqa`. */
export const vqaDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("vqa"),
    from: sourceSchema,
    spelling: z
      .enum(VQA_SPELLINGS)
      .default("lmms-eval")
      .describe(
        "Normalisation before comparison: vqa-v2 and evalai as the challenges' code; lmms-eval normalises both sides; vlmevalkit keeps a full stop beside a digit.",
      ),
  }),
  create: ({ from, spelling }) => ({
    name: "vqa",
    judge(text, { answers }) {
      const extracted = readAnswer(text, from);
      const score = vqaAccuracy(extracted ?? "", answers, spelling);
      if (score === null) {
        const reason = `VQA accuracy needs the answers of ${MIN_ANSWERS} people or more, got ${answers.length}`;
        return { extracted, score: null, reason };
      }
      return extracted === null ? { extracted, score: 0, reason: "no answer" } : judged(extracted, score);
    },
  }),
});
