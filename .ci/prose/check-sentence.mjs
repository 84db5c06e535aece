/** The rules for one sentence. */
import { HOUSE_WORDS } from "./house-words.mjs";
import { NOUN_HEADS } from "./noun-heads.mjs";

/** A longer sentence needs a second reading. */
export const MOST_WORDS = 35;

/** @typedef {{ text: string, words: number, line: number, heading: boolean }} Sentence */
/** @typedef {{ line: number, rule: string, message: string }} Finding */

/** Quotations keep their words. Same length and lines as before, so that places stay. @param {string} text */
const withoutQuotations = (text) =>
  text.replace(/"[^"]*"|“[^”]*”/g, (quotation) => quotation.replace(/[^\n]/g, "…"));

/** @param {string} text @param {number} index */
const linesBefore = (text, index) => text.slice(0, index).split("\n").length - 1;

/**
 * @param {string} rule
 * @param {readonly import("./house-words.mjs").PhraseRule[]} phrases
 * @param {Sentence} sentence
 * @returns {Finding[]}
 */
const phraseFindings = (rule, phrases, { text, line }) => {
  const checked = withoutQuotations(text);
  return phrases.flatMap(({ pattern, instead }) =>
    [...checked.matchAll(pattern)].map((match) => ({
      line: line + linesBefore(checked, match.index),
      rule,
      message: `"${match[0].replace(/\s+/g, " ")}": ${instead}`,
    })),
  );
};

/**
 * What the rules find in a sentence, by line.
 *
 * @param {Sentence} sentence
 * @returns {Finding[]}
 */
export const sentenceFindings = (sentence) => {
  const found = phraseFindings("house word", HOUSE_WORDS, sentence);
  if (!sentence.heading) found.push(...phraseFindings("noun head", NOUN_HEADS, sentence));
  if (sentence.words > MOST_WORDS) {
    const start = sentence.text.replace(/\s+/g, " ").slice(0, 60);
    found.push({
      line: sentence.line,
      rule: "long sentence",
      message: `${sentence.words} words, expected at most ${MOST_WORDS}: "${start}…"`,
    });
  }
  return found.sort((first, second) => first.line - second.line);
};
