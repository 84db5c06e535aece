/**
 * @module
 * Texts with places for the parts of a problem and of a completion.
 */
import { nearestName } from "../../parts/index.ts";

/** Places of a template, and their values. */
export interface TemplateValues {
  /** The question, with `<image>` where an image is. */
  readonly question: string;
  /** Accepted answers, one a line. */
  readonly answers: string;
  /** Options with their letters, one a line; "none" without any. */
  readonly options: string;
  /** The whole completion. */
  readonly completion: string;
  /** The completion after its thought. */
  readonly reply: string;
  /** The answer that was read out of the completion; "none" where there was none. */
  readonly extracted: string;
}

type Place = keyof TemplateValues;

const PLACES: readonly Place[] = ["question", "answers", "options", "completion", "reply", "extracted"];
const PLACE = new RegExp(`\\{(${PLACES.join("|")})\\}`, "g");
/** A tag that a template may put around a value, so that a completion could end it early. */
const TAG = new RegExp(`<(?=\\s*/?\\s*(?:${PLACES.join("|")})\\b)`, "gi");

/** The places that a template has. */
export function placesOf(text: string): Set<Place> {
  return new Set([...text.matchAll(PLACE)].map(([, place]) => place as Place));
}

/**
 * A template with its places filled. Values are not searched for places again, and a tag `<reply>`, `</answers>`, … in
 * one of them is written with `&lt;`, so that a completion cannot end the tag around it.
 */
export function fillTemplate(text: string, values: TemplateValues): string {
  return text.replaceAll(PLACE, (_, place: Place) => values[place].replaceAll(TAG, "&lt;"));
}

/** The reason why a text cannot be a judge's prompt; undefined where it can. */
export function templateFault(text: string): string | undefined {
  for (const [, name = ""] of text.matchAll(/(?<!\\\w*)\{(\w+)\}/g)) {
    if (PLACES.some((place) => place === name)) continue;
    const near = nearestName(name, PLACES);
    if (near !== undefined) return `unknown place {${name}}; did you mean {${near}}?`;
  }
  const places = placesOf(text);
  if (places.has("completion") || places.has("reply") || places.has("extracted")) return undefined;
  return "expected {completion}, {reply} or {extracted} in it, got none: the judge would not see the answer";
}
