/**
 * @module
 * One of the completions that a request asks for, while it is sampled.
 */
import type { DrawnToken, StopReason } from "../../engine/index.ts";
import { CompletionText } from "../completion-text.ts";
import type { ServedModel } from "../served-model.ts";

/** The new part of a choice. */
export interface ChoicePiece {
  readonly text: string;
  readonly drawn: readonly DrawnToken[];
}

export class ChatChoice {
  readonly #text: CompletionText;
  readonly #drawn: DrawnToken[] = [];
  #content = "";
  #finishReason: StopReason | null = null;

  constructor({ dialogue }: ServedModel, stops: readonly string[]) {
    this.#text = new CompletionText((ids) => dialogue.text(ids), stops);
  }

  get content(): string {
    return this.#content;
  }

  /** Tokens up to the end: a stop token, the token that completes a stop text, or the limit. */
  get drawn(): readonly DrawnToken[] {
    return this.#drawn;
  }

  /** Whether a stop text has ended it. */
  get isStopped(): boolean {
    return this.#text.isStopped;
  }

  /** Null until it has ended. */
  get finishReason(): StopReason | null {
    return this.#finishReason;
  }

  /** Takes the next token; those after a stop text are none of it. */
  take(drawn: DrawnToken): ChoicePiece {
    if (this.isStopped) return { text: "", drawn: [] };
    this.#drawn.push(drawn);
    return this.#released(this.#text.push(drawn.token), [drawn]);
  }

  /** Ends it; gives the text that was held back. */
  finish(stopReason: StopReason): ChoicePiece {
    const piece = this.#released(this.#text.finish(), []);
    this.#finishReason = this.isStopped ? "stop" : stopReason;
    return piece;
  }

  #released(text: string, drawn: readonly DrawnToken[]): ChoicePiece {
    this.#content += text;
    return { text, drawn };
  }
}
