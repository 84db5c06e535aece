/**
 * @module
 * The place of the answer in a completion.
 */

/**
 * The first token of the answer: of the last place of its text in the completion. Without an answer, or where its text is
 * not a part of the completion (a verdict may rewrite what it reads), the last token that has a text.
 *
 * @param tokenTexts `[T]`
 * @returns 0 for an empty completion
 */
export function answerToken(tokenTexts: readonly string[], answer: string | null): number {
  const from = answer === null || answer === "" ? -1 : tokenTexts.join("").lastIndexOf(answer);
  const last = tokenTexts.findLastIndex((text) => text.trim() !== "");
  if (from < 0) return Math.max(0, last);
  let end = 0;
  return tokenTexts.findIndex((text) => {
    end += text.length;
    return end > from;
  });
}
