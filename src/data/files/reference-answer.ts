/**
 * @module
 * The reference answer within what a data set gives as answer.
 */

/** Content of a `\boxed{…}` that is all of the text; undefined where it is not. */
function boxed(text: string): string | undefined {
  const open = "\\boxed{";
  if (!text.startsWith(open) || !text.endsWith("}")) return undefined;
  let depth = 1;
  for (let i = open.length; i < text.length - 1; i++) {
    const symbol = text[i];
    if (symbol === "\\") i++;
    else if (symbol === "{") depth += 1;
    else if (symbol === "}") depth -= 1;
    if (depth === 0) return undefined;
  }
  return text.slice(open.length, -1);
}

/**
 * The last complete `<answer>…</answer>`, else all of the text; out of its `\boxed{…}` where it is nothing else.
 *
 * @example
 * referenceAnswer("<think>3 + 5</think> <answer> 8 </answer>"); // "8"
 * referenceAnswer("$\\boxed{8}$"); // "8"
 * referenceAnswer("8 cm"); // "8 cm"
 */
export function referenceAnswer(text: string): string {
  const close = text.toLowerCase().lastIndexOf("</answer>");
  const open = close < 0 ? -1 : text.toLowerCase().lastIndexOf("<answer>", close);
  const marked = (open < 0 ? text : text.slice(open + "<answer>".length, close)).trim();
  const bare =
    marked.startsWith("$") && marked.endsWith("$") && marked.length > 1 ? marked.slice(1, -1) : marked;
  return boxed(bare.trim())?.trim() ?? marked;
}
