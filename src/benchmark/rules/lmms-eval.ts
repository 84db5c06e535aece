/**
 * @module
 * The rules of lmms-eval (commit 75571cf) that several of its tasks share: the letter of a multiple-choice question
 * (`extract_mcq_answer`) and yes or no as Otter's evaluation reads it (`parse_pred_ans`).
 */
import { stripped } from "./python.ts";
import type { AnswerRule } from "./rule.ts";

/** Phrases that an answer follows; the first occurrence of each counts. */
const PHRASES = [
  ..."answer is|best answer is|correct answer is|best option is|correct option is|choice is|correct choice is"
    .split("|")
    .flatMap((phrase) => [phrase, `the ${phrase}`]),
  ..."my answer is|my choice is|i choose|i select|i pick|옵션|정답은|답은|답:|答案是|答案为|选|答えは".split(
    "|",
  ),
];
/** Signs that are taken off both ends, one after the other. */
const ENDS = [",", ".", "!", "?", ";", ":", "'", '"'];

interface Candidate {
  readonly letter: string;
  /** Of two candidates the one with the higher rank wins, then the later one. */
  readonly rank: number;
  readonly at: number;
}

/** Letters by the last place of a form such as "(A)". */
function lastPlaces(
  text: string,
  letters: readonly string[],
  rank: number,
  form: (letter: string) => string,
) {
  return letters.flatMap((letter): Candidate[] => {
    const at = text.lastIndexOf(form(letter));
    return at < 0 ? [] : [{ letter, rank, at }];
  });
}

/** Letters after phrases: the first place of each, within a word too. */
function behindPhrases(text: string, letters: readonly string[]): Candidate[] {
  const plain = text.toLowerCase();
  return PHRASES.flatMap((phrase) => {
    const from = plain.indexOf(phrase);
    if (from < 0) return [];
    return letters.flatMap((letter): Candidate[] => {
      const at = text.indexOf(letter, from + phrase.length);
      return at < 0 ? [] : [{ letter, rank: 7, at }];
    });
  });
}

const isAlphabetic = (sign: string | undefined) => sign !== undefined && /\p{L}/u.test(sign);

function atEnds(text: string, letters: readonly string[]): Candidate[] {
  const inner = Array.from(text.trim());
  const begins = letters.filter((letter) => inner[0] === letter && !isAlphabetic(inner[1]));
  const ends = letters.filter((letter) => inner.at(-1) === letter && !isAlphabetic(inner.at(-2)));
  return [
    ...begins.map((letter) => ({ letter, rank: 10, at: 0 })),
    ...ends.map((letter) => ({ letter, rank: 9, at: text.length - 1 })),
  ];
}

/**
 * The letter that lmms-eval finds: by rank of its form (the beginning, the end, after a phrase, "(A)", "A.", "A:", "A)",
 * "A "), the last one of a form; else any letter anywhere.
 */
export function lmmsEvalLetter(reply: string, letters: readonly string[]): string | undefined {
  if (reply.trim() === "") return undefined;
  const text = ` ${ENDS.reduce(stripped, reply.trim())} `;
  const found = [
    ...lastPlaces(text, letters, 6, (letter) => `(${letter})`),
    ...lastPlaces(text, letters, 5, (letter) => `${letter}.`),
    ...lastPlaces(text, letters, 4, (letter) => `${letter}:`),
    ...lastPlaces(text, letters, 3, (letter) => `${letter})`),
    ...lastPlaces(text, letters, 2, (letter) => `${letter} `),
    ...behindPhrases(text, letters),
    ...atEnds(text, letters),
  ];
  const candidates = found.length > 0 ? found : lastPlaces(text, letters, 0, (letter) => letter);
  const [best] = candidates.sort((a, b) => b.rank - a.rank || b.at - a.at);
  return best?.letter;
}

/** "Yes" or "No" where that is all of a reply, or within its first four letters; a lone "y" or "n" counts. */
export const otterYesNo: AnswerRule = (reply) => {
  const plain = Array.from(reply.toLowerCase().trim().replaceAll(".", ""));
  if (plain.length === 1) return { y: "Yes", n: "No" }[plain[0]!];
  const start = plain.slice(0, 4).join("");
  if (start.includes("yes")) return "Yes";
  return start.includes("no") ? "No" : undefined;
};
