/**
 * @module
 * Where completions end, by one rule for both APIs: at ids, which the engine knows, and at texts, which are looked for in
 * the text of a completion while it is sampled. A text may begin and end within tokens, so that no id represents it.
 */
import type { Completion, DrawnToken, wire } from "../engine/index.ts";
import { CompletionText } from "./completion-text.ts";
import { firstSignals } from "./first-signals.ts";
import { Refusal } from "./refusal.ts";
import type { ServedModel } from "./served-model.ts";

/** The ends of a completion. */
export interface Stops {
  readonly ids: readonly number[];
  readonly texts: readonly string[];
}

/**
 * The ends that a client names. Special tokens among texts are meant by their ids, since their texts never occur in a
 * completion.
 */
export function stopsOf({ tokenizer }: ServedModel, named: readonly (string | number)[]): Stops {
  const ids: number[] = [];
  const texts: string[] = [];
  for (const stop of named) {
    if (typeof stop === "number") ids.push(stop);
    else if (tokenizer.specialTokens.includes(stop)) ids.push(tokenizer.requireTokenId(stop));
    else texts.push(stop);
  }
  return { ids, texts };
}

/**
 * The ends by the Tinker protocol. Without any the model's own tokens end a completion, and beside texts alone too; ids
 * replace them, and an empty list leaves the limit only.
 *
 * @throws Refusal when a text is empty
 */
export function requestedStops(served: ServedModel, stop: wire.WireSamplingParameters["stop"]): Stops {
  const named: readonly (string | number)[] = stop == null ? [] : typeof stop === "string" ? [stop] : stop;
  if (named.includes("")) {
    throw new Refusal(
      "bad-request",
      'sampling_params.stop: expected texts of at least one character, got ""; [] is no stop at all',
    );
  }
  const { ids, texts } = stopsOf(served, named);
  const isOwn = stop == null || (ids.length === 0 && texts.length > 0);
  return { ids: isOwn ? served.dialogue.stopTokens : ids, texts };
}

/** Ends the completions of a group at texts while they are sampled. */
export class StopWatch {
  readonly #watched: readonly { readonly text: CompletionText; length: number }[];

  constructor({ dialogue }: ServedModel, texts: readonly string[], groupSize: number) {
    this.#watched = Array.from({ length: groupSize }, () => ({
      text: new CompletionText((ids) => dialogue.text(ids), texts),
      length: 0,
    }));
  }

  /** Takes the next token of a completion; false when it has ended. */
  readonly take = ({ place, token }: DrawnToken): boolean => {
    const watched = this.#watched[place]!;
    if (watched.text.isStopped) return false;
    watched.text.push(token);
    watched.length += 1;
    return !watched.text.isStopped;
  };

  /**
   * The completion up to and including the token that completes a text: an engine may sample a few more. Of its signals those
   * are kept that do not depend on what is cut off.
   */
  cut(completion: Completion, place: number): Completion {
    const { text, length } = this.#watched[place]!;
    if (!text.isStopped) return completion;
    const { tokens, logprobs, entropy, signals } = completion;
    const kept = signals && firstSignals(signals, length, tokens.length);
    return {
      tokens: tokens.slice(0, length),
      logprobs: logprobs.slice(0, length),
      entropy: entropy.slice(0, length),
      stopReason: "stop",
      ...(kept && { signals: kept }),
    };
  }
}
