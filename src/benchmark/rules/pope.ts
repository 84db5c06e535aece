/**
 * @module
 * The rule of POPE's authors (MIT, RUCAIBox/POPE, commit 08d957b), which R-Bench's have as well: no where the first sentence
 * has the word No, no or not, else yes.
 */
import type { AnswerRule } from "./rule.ts";

/** "Yes" or "No": every reply, an empty one too, is one of them. */
export const popeAuthorsYesNo: AnswerRule = (reply) => {
  const [sentence = ""] = reply.split(".");
  const said = sentence.replaceAll(",", "").split(" ");
  return ["No", "not", "no"].some((word) => said.includes(word)) ? "No" : "Yes";
};
