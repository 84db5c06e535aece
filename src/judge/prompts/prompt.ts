/**
 * @module
 * A judge's prompt: an extraction, a decision, or one after the other.
 */
import type { Extraction } from "./replies.ts";

/** One question to the judge. */
interface Step<Read> {
  readonly system?: string | undefined;
  /** Template of the user message. */
  readonly text: string;
  /** The verdict of a reply; null if it has none. */
  readonly read: (reply: string) => Read | null;
}

/** The tasks of a judge about a completion; at least one of the two. */
export interface JudgePrompt {
  readonly name: string;
  /** Reads the answer out of the completion; later steps see it as `{extracted}`. */
  readonly extract?: Step<Extraction>;
  /** Decides, 0 to 1; absent, a rule compares the extracted answer with the accepted answers. */
  readonly decide?: Step<number>;
}
