/**
 * @module
 * What could have stood in the place of a token, so that a model's other choices can be judged as its own was.
 */
import { judgeCompletion } from "./judgement.ts";
import type { DigitsTruth } from "./world.ts";

/** The texts that would be right from a token on. */
export interface RightTexts {
  /** What the token holds of the text before the judged stretch, such as a space. */
  readonly lead: string;
  /** Right continuations after the lead. */
  readonly texts: readonly string[];
}

/**
 * The right texts of every token of a completion that a single stretch judges.
 *
 * Readings are judged by the image. The rest is judged by what the completion wrote before, be it right or wrong: a
 * result by its operands, an operand by whether it was stated, the answer by the last derived value. Several texts are
 * right for an operand, where any stated value is. There are none where the stretch ought not to stand at all, and none
 * for a later token of a number whose earlier ones are wrong already.
 *
 * @param tokens `[T]`, the text of each token; joined they are the completion
 * @returns `[T]`, null where there is nothing to be right
 */
export function rightTexts(tokens: readonly string[], truth: DigitsTruth): (RightTexts | null)[] {
  const text = tokens.join("");
  const { judgements } = judgeCompletion(text, truth);
  let end = 0;
  return tokens.map((token) => {
    const start = end;
    end += token.length;
    const touching = judgements.filter((judged) => judged.end > start && judged.start < end && start < end);
    const [judged] = touching;
    if (judged === undefined || touching.length > 1) return null;
    const before = text.slice(judged.start, Math.max(start, judged.start));
    const texts = judged.right.flatMap((right) =>
      right.startsWith(before) && right.length > before.length ? [right.slice(before.length)] : [],
    );
    return texts.length === 0 ? null : { lead: text.slice(start, Math.max(start, judged.start)), texts };
  });
}

/**
 * Whether a token would be right: it begins one of the texts, or holds one whole without its number going on.
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
