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
  /** The token at which the answer begins. */
  readonly start: number;
  readonly judgement: Pick<SpokenVerdict, "extracted">;
  readonly inspection: Pick<CompletionInspection, "logprobs" | "alternatives" | "withoutImage">;
}

/** A token of a completion that a model looked into. */
export function spokenToken(
  { tokenTexts, alternativeTexts, start, judgement, inspection }: SpokenCompletion,
  token: number,
): SpokenToken {
  const { logprobs, alternatives, withoutImage } = inspection;
  return {
    text: tokenTexts[token] ?? "",
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

/** A token in quotes; the end of the text has no characters of its own. */
function quoted(text: string): string {
  if (text === "") return "the end of the text";
  return `\`${text.trim() === "" ? text.replaceAll("\n", "⏎").replaceAll(" ", "␣") : text.trim()}\``;
}

/** `Wrong: read as "13", the reference is "15".` */
export function verdictSentence({ extracted, score, answers }: SpokenVerdict): string {
  const reference = answers.map(quoted).join(" or ");
  const read = extracted === null ? "no answer was read" : `read as ${quoted(extracted)}`;
  const ends = reference === "" ? "" : `; the reference is ${reference}`;
  if (score === null) return `Not judged: ${read}${ends}.`;
  if (score >= 1) return `Right: ${read}${reference === quoted(extracted ?? "") ? ", the reference" : ends}.`;
  return `${score > 0 ? `Partly right, ${shareText(score)}` : "Wrong"}: ${read}${ends}.`;
}

/** ``The answer `triangle` had 23 %, `circle` 41 %; without the image `triangle` had 30 %.`` */
export function tokenSentence({ text, logprob, alternatives, withoutImage, answer }: SpokenToken): string {
  const own = quoted(text);
  const begins = answer !== null && answer.trim() !== text.trim();
  const subject =
    answer === null ? own : begins ? `The answer ${quoted(answer)} begins here: ${own}` : `The answer ${own}`;
  const other = alternatives.find((one) => one.text !== text);
  const rival = other === undefined ? "" : `, ${quoted(other.text)} ${shareText(Math.exp(other.logprob))}`;
  const blind =
    withoutImage === null ? "" : `; without the image ${own} had ${shareText(Math.exp(withoutImage))}`;
  const sentence = `${subject} had ${shareText(Math.exp(logprob))}${rival}${blind}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
