/**
 * Words and phrases of this project's early prose that no reader of the field knows, each with its replacement.
 * `wrong` must be found by the rule and `right` must pass; the tests hold both.
 */

/** @typedef {{ pattern: RegExp, instead: string, wrong: string, right: string }} PhraseRule */

/** @type {readonly PhraseRule[]} */
export const HOUSE_WORDS = [
  {
    pattern: /\bfilms?\b/gi,
    instead: "video",
    wrong: "The frames of a film are resized.",
    right: "The frames of a video are resized.",
  },
  {
    pattern: /\b(?:take[ns]?|took|taking) up\b/gi,
    instead: "resume, continue, use, occupy",
    wrong: "The run is taken up again after a crash.",
    right: "The run is resumed after a crash.",
  },
  {
    pattern: /\b(?:put|puts|putting) down\b/gi,
    instead: "suspend, release",
    wrong: "Idle models are put down.",
    right: "The server suspends idle models.",
  },
  {
    pattern: /\ba house of\b|\bhouses of\b/gi,
    instead: "name the module",
    wrong: "The local engine is a house of its own.",
    right: "The local engine is a separate module.",
  },
  {
    pattern: /\b(?:a|every|each|another|whose) room\b(?! (?:for|to|left)\b)|\brooms of\b/gi,
    instead: "module, package",
    wrong: "Every room throws typed errors.",
    right: "Every module throws typed errors.",
  },
  {
    pattern: /\belsewhere called\b/gi,
    instead: "also called",
    wrong: "A completion, elsewhere called response.",
    right: "A completion, also called response.",
  },
  {
    pattern: /\bin vain\b/gi,
    instead: "without result, without an answer",
    wrong: "The client waits in vain.",
    right: "The client waits without an answer.",
  },
  {
    pattern: /\b(?:stands?|stood)\b(?!-)/gi,
    instead: "is, appears, represents (stands for), remains",
    wrong: "The shapes stand in the doc comments.",
    right: "The doc comments state the shapes.",
  },
  {
    pattern: /\b(?:tells?|told)\b/gi,
    instead: "says, reports, states, distinguishes (tells apart), by default (unless told otherwise)",
    wrong: "The run tells which problems it left out.",
    right: "The run reports the problems that it left out.",
  },
  {
    pattern: /\b(?:whatever|whoever|whichever)\b/gi,
    instead: "any, every, regardless of, the person who",
    wrong: "The mean runs over tokens, whatever the policy.",
    right: "The mean runs over tokens, regardless of the policy.",
  },
  {
    pattern: /\b(?:go|goes|went|going) on\b(?! (?:the|a|an)\b)/gi,
    instead: "continue",
    wrong: "The run goes on from the checkpoint.",
    right: "The run continues from the checkpoint.",
  },
  {
    pattern: /\bto the bit\b|\bbit for bit\b|\bbit-identical\b/gi,
    instead: "bitwise identical",
    wrong: "The weights are the same to the bit.",
    right: "The weights are bitwise identical.",
  },
  {
    pattern: /\bdear\b/gi,
    instead: "expensive",
    wrong: "A second pass is dear.",
    right: "A second pass is expensive.",
  },
  {
    pattern: /\brefused by name\b/gi,
    instead: "rejected with an error that names it",
    wrong: "Other graphs are refused by name.",
    right: "Other graphs are rejected with an error that names them.",
  },
  {
    pattern: /\b(?:held|holds?) against\b/gi,
    instead: "compared with, checked against",
    wrong: "Every preset is held against the paper.",
    right: "A test compares every preset with the paper.",
  },
  {
    pattern: /\bbut for\b|\bnone but\b|\ball but\b/gi,
    instead: "except for, only, all except",
    wrong: "All pairs train but for five.",
    right: "All pairs train except for five.",
  },
  {
    pattern: /\bat will\b/gi,
    instead: "as configured, of any size",
    wrong: "Labels with errors at will.",
    right: "Labels with a configured error rate.",
  },
  {
    pattern: /\banew\b/gi,
    instead: "again",
    wrong: "The table is written anew.",
    right: "The table is written again.",
  },
  {
    pattern: /\bmend(?:s|ed)?\b/gi,
    instead: "fix, repair",
    wrong: "The user mends the file.",
    right: "The user fixes the file.",
  },
  {
    pattern: /\b(?:hands?|handed) on\b/gi,
    instead: "pass, return",
    wrong: "A method may hand on a term of the loss.",
    right: "A method may return a term of the loss.",
  },
  {
    pattern: /\bnothing to see\b/gi,
    instead: "say what is missing",
    wrong: "There is nothing to see.",
    right: "The run has no metrics yet.",
  },
];
