/**
 * Clauses that begin with a pronoun where a noun can stand: the reader has to look for the thing that is meant.
 * `wrong` must be found by the rule and `right` must pass; the tests hold both.
 */

/** @type {readonly import("./house-words.mjs").PhraseRule[]} */
export const NOUN_HEADS = [
  {
    // Questions begin with "What" too.
    pattern: /^What\b(?![\s\S]*\?["”)]*$)/g,
    instead: "begin with the noun",
    wrong: "What a reward returns is checked.",
    right: "The value of a reward is checked.",
  },
  {
    pattern: /\b(?:is|are|was|were) what\b/gi,
    instead: "use a verb or a noun",
    wrong: "The row is what mixes the values.",
    right: "The row mixes the values.",
  },
  {
    pattern: /\bof those\b|\bthose (?:of|that|who|which|whose)\b/gi,
    instead: "repeat the noun",
    wrong: "The keys are those of the policy.",
    right: "The keys are the policy's keys.",
  },
  {
    pattern: /^(?:The )?[Oo]thers\b|; (?:the )?others\b|\b(?:that|which) (?:is|are) others\b|\bothers'/g,
    instead: "repeat the noun",
    wrong: "Others are rejected.",
    right: "Other formats are rejected.",
  },
  {
    pattern: /\bones\b|\bone of your own\b/gi,
    instead: "repeat the noun",
    wrong: "The file lists the built-in ones.",
    right: "The file lists the built-in methods.",
  },
];
