/**
 * @module
 * A completion's reply and the windows searched for an answer, each computed once.
 */
import { type DeclaredAnswer, declaredAnswer } from "./declared.ts";
import { type Mark, markIn } from "./marked.ts";
import { hasBox } from "./marks.ts";
import { withoutThought } from "./thought.ts";

/** Characters at the end of a reply searched for marks. */
const MAX_SCANNED = 100_000;
/** Characters at the end or the start of a reply searched for unmarked answers. */
const MAX_SEARCHED = 6_000;

/** The text after the thought. */
export class Reply {
  /** All of it. */
  readonly text: string;
  #mark: Mark | null | undefined;
  #end: string | undefined;
  #declared: DeclaredAnswer | null | undefined;

  private constructor(text: string) {
    this.text = text;
  }

  /** The reply of a completion; null for an unfinished thought. */
  static of(completion: string): Reply | null {
    const text = withoutThought(completion);
    return text === null ? null : new Reply(text);
  }

  /** Its end, searched for marks. */
  get scanned(): string {
    return this.text.slice(-MAX_SCANNED);
  }

  /** Its end, searched for an unmarked answer. */
  get end(): string {
    this.#end ??= this.text.slice(-MAX_SEARCHED).trim();
    return this.#end;
  }

  get start(): string {
    return this.text.slice(0, MAX_SEARCHED).trim();
  }

  /** Its marked answer; null without a mark. */
  get mark(): Mark | null {
    if (this.#mark === undefined) this.#mark = markIn(this.scanned) ?? null;
    return this.#mark;
  }

  /** A box was begun. */
  get hasBox(): boolean {
    return hasBox(this.scanned);
  }

  /** Its last declared answer; null if there is none. */
  get declared(): DeclaredAnswer | null {
    if (this.#declared === undefined) this.#declared = declaredAnswer(this.end) ?? null;
    return this.#declared;
  }
}
