/**
 * @module
 * A completion and its tokens in sentences: the verdict, and the tokens that the model might have written instead.
 */
import type { CompletionInspection } from "./inspection.ts";

/** A verdict on a completion, as a sentence needs it. */
interface SpokenVerdict {
  /** The answer that was read; null where none was. */
  readonly extracted: string | null;
  /** 0 to 1; null where it was not judged. */
  readonly score: number | null;
  /** Accepted answers. */
  readonly answers: readonly string[];
}

/** A token in its place. */
interface SpokenToken {
  readonly text: string;
  /** Whether it ends the text; a token without a text that does not is a part of a character. */
  readonly isEnd: boolean;
  /** Nats. */
  readonly logprob: number;
  /** The likeliest tokens in its place, the likeliest first. */
  readonly alternatives: readonly { readonly text: string; readonly logprob: number }[];
  /** Its log-prob with the images discarded; null where it is not known. */
  readonly withoutImage: number | null;
  /** The answer, where it begins at this token; null elsewhere. */
  readonly answer: string | null;
}

/** A completion that a model looked into. */
interface SpokenCompletion {
  readonly tokenTexts: readonly string[];
  /** `[T][k]` texts of `inspection.alternatives`. */
  readonly alternativeTexts: readonly (readonly string[])[] | null | undefined;
  /** Whether it was cut at the limit, so that its last token is no end. */
  readonly isCut?: boolean;
  /** The token at which the answer begins. */
  readonly start: number;
  readonly judgement: Pick<SpokenVerdict, "extracted">;
  readonly inspection: Pick<CompletionInspection, "logprobs" | "alternatives" | "withoutImage">;
}

/**
 * Whether a token ends a completion. Only the last can: elsewhere a token without a text is a later part of a character, or a
 * special token.
 *
 * @param isCut whether the completion was cut at the limit
 */
export function isEndToken(tokenTexts: readonly string[], token: number, isCut: boolean): boolean {
  return !isCut && token === tokenTexts.length - 1 && tokenTexts[token] === "";
}

/** A token of a completion that a model looked into. */
export function spokenToken(
  { tokenTexts, alternativeTexts, isCut = false, start, judgement, inspection }: SpokenCompletion,
  token: number,
): SpokenToken {
  const { logprobs, alternatives, withoutImage } = inspection;
  return {
    text: tokenTexts[token] ?? "",
    isEnd: isEndToken(tokenTexts, token, isCut),
    logprob: logprobs[token] ?? Number.NaN,
    alternatives: (alternatives?.[token] ?? []).map(({ logprob }, i) => ({
      text: alternativeTexts?.[token]?.[i] ?? "",
      logprob,
    })),
    withoutImage: withoutImage?.[token] ?? null,
    answer: token === start ? judgement.extracted : null,
  };
}

function shareText(share: number): string {
  const percent = 100 * share;
  if (percent > 99.9) return "more than 99.9 %";
  if (percent < 0.1) return "less than 0.1 %";
  return `${percent < 10 || percent >= 99.5 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}

/** A token in quotes; the end of the text, and a later part of a character, have no characters of their own. */
function quoted(text: string, isEnd = false): string {
  if (text === "") return isEnd ? "the end of the text" : "a part of a character";
  return `\`${text.trim() === "" ? text.replaceAll("\n", "⏎").replaceAll(" ", "␣") : text.trim()}\``;
}

/** `Wrong: read as "13", the reference is "15".` */
export function verdictSentence({ extracted, score, answers }: SpokenVerdict): string {
  const reference = answers.map((answer) => quoted(answer)).join(" or ");
  const read = extracted === null ? "no answer was read" : `read as ${quoted(extracted)}`;
  const ends = reference === "" ? "" : `; the reference is ${reference}`;
  if (score === null) return `Not judged: ${read}${ends}.`;
  if (score >= 1) return `Right: ${read}${reference === quoted(extracted ?? "") ? ", the reference" : ends}.`;
  return `${score > 0 ? `Partly right, ${shareText(score)}` : "Wrong"}: ${read}${ends}.`;
}

/** ``The answer `triangle` had 23 %, `circle` 41 %; without the image `triangle` had 30 %.`` */
export function tokenSentence({
  text,
  isEnd,
  logprob,
  alternatives,
  withoutImage,
  answer,
}: SpokenToken): string {
  const own = quoted(text, isEnd);
  const begins = answer !== null && answer.trim() !== text.trim();
  const subject =
    answer === null ? own : begins ? `The answer ${quoted(answer)} begins here: ${own}` : `The answer ${own}`;
  // By itself a part of a character has no text of its own; of other tokens only the end has none.
  const isPart = text === "" && !isEnd;
  const other = alternatives.find((one) => !isPart && one.text !== text && !one.text.includes("\uFFFD"));
  const rival =
    other === undefined ? "" : `, ${quoted(other.text, true)} ${shareText(Math.exp(other.logprob))}`;
  const blind =
    withoutImage === null ? "" : `; without the image ${own} had ${shareText(Math.exp(withoutImage))}`;
  const sentence = `${subject} had ${shareText(Math.exp(logprob))}${rival}${blind}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
