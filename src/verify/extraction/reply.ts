/**
 * @module
 * A completion's reply, and the windows of it in which an answer is looked for. Each is read once, whoever asks.
 */
import { type DeclaredAnswer, declaredAnswer } from "./declared.ts";
import { type Mark, markIn } from "./marked.ts";
import { hasBox } from "./marks.ts";
import { withoutThought } from "./thought.ts";

/** Marks are looked for in so much of the end of a reply. */
const MAX_SCANNED = 100_000;
/** Answers without a mark are looked for in so much of the end of a reply, or of its start. */
const MAX_SEARCHED = 6_000;

/** What follows the thought. */
export class Reply {
  /** All of it. */
  readonly text: string;
  #mark: Mark | null | undefined;
  #end: string | undefined;
  #declared: DeclaredAnswer | null | undefined;

  private constructor(text: string) {
    this.text = text;
  }

  /** The reply of a completion; null where its thought has not ended. */
  static of(completion: string): Reply | null {
    const text = withoutThought(completion);
    return text === null ? null : new Reply(text);
  }

  /** The end of it, in which marks are looked for. */
  get scanned(): string {
    return this.text.slice(-MAX_SCANNED);
  }

  /** The end of it, in which an answer without a mark is looked for. */
  get end(): string {
    this.#end ??= this.text.slice(-MAX_SEARCHED).trim();
    return this.#end;
  }

  get start(): string {
    return this.text.slice(0, MAX_SEARCHED).trim();
  }

  /** Its marked answer; null where nothing is marked. */
  get mark(): Mark | null {
    if (this.#mark === undefined) this.#mark = markIn(this.scanned) ?? null;
    return this.#mark;
  }

  /** A box was begun. */
  get hasBox(): boolean {
    return hasBox(this.scanned);
  }

  /** The last answer that it declares; null where it declares none. */
  get declared(): DeclaredAnswer | null {
    if (this.#declared === undefined) this.#declared = declaredAnswer(this.end) ?? null;
    return this.#declared;
  }
}
