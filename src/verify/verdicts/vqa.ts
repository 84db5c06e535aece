/**
 * @module
 * VQA accuracy over the answers of ten people: VQAv2 (arXiv:1612.00837) and TextVQA (arXiv:1904.08920), with the
 * normalisation of the challenge's code.
 */
import * as z from "zod";
import { defineVerdict, judged, readAnswer, sourceSchema } from "../definition.ts";

const NUMBER_WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  "none zero one two three four five six seven eight nine ten"
    .split(" ")
    .map((word, i) => [word, String(Math.max(0, i - 1))]),
);
const ARTICLES = new Set(["a", "an", "the"]);
/** Contractions, which are written with their apostrophes; a spelling without any of them is put right. */
const CONTRACTIONS =
  "ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've " +
  "he's how'd how'll how's i'd've i'm i've isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've " +
  "needn't not've o'clock oughtn't shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll " +
  "somebody's someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd " +
  "there'd've there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll " +
  "what're what's what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't " +
  "would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've";
const APOSTROPHES = new Map(CONTRACTIONS.split(" ").map((word) => [word.replaceAll("'", ""), word]));
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

function withoutPunctuation(text: string): string {
  const isNumeric = /\d,\d/.test(text);
  let plain = text;
  for (const sign of PUNCTUATION) {
    const isLoose = isNumeric || text.includes(`${sign} `) || text.includes(` ${sign}`);
    plain = plain.replaceAll(sign, isLoose ? "" : " ");
  }
  return plain.replaceAll(/\.(?!\d)/g, "");
}

/** An answer as the challenge compares it: no punctuation, digits for number words, no articles, contractions whole. */
export function vqaNormalized(text: string): string {
  const plain = withoutPunctuation(text.replaceAll(/[\n\t]/g, " ").trim());
  return plain
    .toLowerCase()
    .split(/\s+/)
    .map((word) => NUMBER_WORDS[word] ?? word)
    .filter((word) => word !== "" && !ARTICLES.has(word))
    .map((word) => APOSTROPHES.get(word) ?? word)
    .join(" ");
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
export function vqaAccuracy(given: string, answers: readonly string[]): number | null {
  if (answers.length < MIN_ANSWERS) return null;
  const normalized = vqaNormalized(given);
  const matches = answers.filter((answer) => vqaNormalized(answer) === normalized).length;
  const others = answers.length - matches;
  const without = Math.min(1, (matches - 1) / 3);
  return (matches * without + others * Math.min(1, matches / 3)) / answers.length;
}

/** The verdict `vqa`. */
export const vqaDefinition = defineVerdict({
  schema: z.strictObject({ kind: z.literal("vqa"), from: sourceSchema }),
  create: ({ from }) => ({
    name: "vqa",
    judge(text, { answers }) {
      const extracted = readAnswer(text, from);
      const score = vqaAccuracy(extracted ?? "", answers);
      if (score === null) {
        const reason = `VQA accuracy needs the answers of ${MIN_ANSWERS} people or more, got ${answers.length}`;
        return { extracted, score: null, reason };
      }
      return extracted === null ? { extracted, score: 0, reason: "no answer" } : judged(extracted, score);
    },
  }),
});
