/**
 * @module
 * The texts that would have been right in the place of a token, so that a model's other choices can be judged as its
 * own was.
 */
import type { RightTexts } from "../task.ts";
import { type LabelledSpan, touchedTokens } from "./span.ts";

/**
 * The right texts of every token of a completion that touches exactly one span.
 *
 * There are none for a token that touches several spans, where the span has none, and for a later token of a span
 * whose earlier tokens are already wrong.
 *
 * @param tokens `[T]` the text of each token; joined they are the completion
 * @returns `[T]`, null where nothing is known to be right
 */
export function spanRightTexts(
  tokens: readonly string[],
  spans: readonly LabelledSpan[],
): (RightTexts | null)[] {
  const text = tokens.join("");
  return touchedTokens(tokens, spans).map(({ start, touching }) => {
    const [span] = touching;
    if (span === undefined || touching.length > 1) return null;
    const before = text.slice(span.start, Math.max(start, span.start));
    const texts = span.right.flatMap((right) =>
      right.startsWith(before) && right.length > before.length ? [right.slice(before.length)] : [],
    );
    return texts.length === 0 ? null : { lead: text.slice(start, Math.max(start, span.start)), texts };
  });
}

/**
 * Whether a token would be right: it begins one of the texts, or contains one whole and no further digit of its
 * number.
 *
 * @param token the text of the token
 */
export function isRightToken(token: string, { lead, texts }: RightTexts): boolean {
  const own = token.slice(lead.length);
  if (own === "" || !token.startsWith(lead)) return false;
  return texts.some(
    (text) => text.startsWith(own) || (own.startsWith(text) && !/\d/.test(own.charAt(text.length))),
  );
}
