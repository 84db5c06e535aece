/**
 * @module
 * The rules of VLMEvalKit (Apache-2.0, commit e8e78f0) before it asks a judge: the letter of a multiple-choice question
 * (`can_infer`), yes or no
 * (`YOrN_Extraction`), and TallyQA's count (`extract_count_from_prediction`).
 */
import type { Choice } from "../choices.ts";
import { lengthOf, words } from "./python.ts";
import type { AnswerRule } from "./rule.ts";

/** Represents an answer that is none of the options. */
const NONE = "Z";
const NO_REPLY = "Failed to obtain answer via API";
const REFUSALS = [
  "Sorry, I can't help with images of people yet.",
  "I can't process this file.",
  "I'm sorry, but without the image provided",
  "Cannot determine the answer",
];
/** A letter that is the only one must be among this many last words. */
const LAST_WORDS = 4;

/** The only letter that is a word of its own among the last words; else the letter after "answer is", of A to D. */
function statedLetter(reply: string, choices: readonly Choice[]): string | undefined {
  if (reply.includes(NO_REPLY)) return undefined;
  if (REFUSALS.some((refusal) => reply.includes(refusal))) return NONE;
  const alone = words(reply.replaceAll(/[.()[\],:;!*#{}]/g, " "));
  const named = choices.filter(({ letter }) => alone.includes(letter));
  const [only] = named;
  if (named.length === 1 && only !== undefined && alone.indexOf(only.letter) >= alone.length - LAST_WORDS)
    return only.letter;
  if (named.length === 0 && alone.includes(NONE)) return NONE;
  const declared = /(?:correct\s+)?answer\s+is\s+\**([ABCD])\**/i.exec(reply)?.[1]?.toUpperCase();
  return choices.some(({ letter }) => letter === declared) ? declared : undefined;
}

/** The one option whose text is in a reply of at most twice the length of all options together. */
function quotedLetter(reply: string, choices: readonly Choice[]): string | undefined {
  const longest = 2 * choices.reduce((sum, { text }) => sum + lengthOf(text), 0);
  const plain = reply.toLowerCase();
  if (lengthOf(plain) > longest) return undefined;
  const quoted = choices.filter(({ text }) => plain.includes(text.toLowerCase()));
  return quoted.length === 1 ? quoted[0]?.letter : undefined;
}

/** The letter that VLMEvalKit infers; "Z" for a refusal. */
export const vlmEvalKitLetter: AnswerRule = (reply, choices) =>
  statedLetter(reply, choices) ?? quotedLetter(reply, choices);

const PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!';
/** Its code passes a flag in the place of a count, and the flag is 32. */
const MOST_PERIODS = 32;

/** The words of a reply without punctuation, as the VQA challenge takes it away. */
function plainWords(reply: string): string[] {
  const isNumeric = /\d,\d/.test(reply);
  let plain = reply;
  for (const sign of PUNCTUATION) {
    const isLoose = isNumeric || reply.includes(`${sign} `) || reply.includes(` ${sign}`);
    plain = plain.replaceAll(sign, isLoose ? "" : " ");
  }
  let periods = 0;
  return words(plain.replaceAll(/(?<!\d)\.(?!\d)/g, (period) => (periods++ < MOST_PERIODS ? "" : period)));
}

/** "Yes" or "No", where one of the two is a word of the reply and the other is not. */
export const vlmEvalKitYesNo: AnswerRule = (reply) => {
  const said = plainWords(reply.toLowerCase());
  const [yes, no] = [said.includes("yes"), said.includes("no")];
  if (yes === no) return undefined;
  return yes ? "Yes" : "No";
};

const WORDS =
  "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty".split(
    "|",
  );
const COUNT = new RegExp(
  String.raw`(?<![\p{L}\p{N}_])(?:[0-9]|1[0-9]|20|${WORDS.join("|")})(?![\p{L}\p{N}_])`,
  "u",
);

/** VLMEvalKit's count: the first number from 0 to 20 in a reply, in digits or as a word. */
export const vlmEvalKitCount: AnswerRule = (reply) => {
  const found = COUNT.exec(reply.toLowerCase())?.[0];
  if (found === undefined) return undefined;
  const place = WORDS.indexOf(found);
  return place < 0 ? found : String(place);
};
