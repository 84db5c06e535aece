/**
 * @module
 * Where completions end. Engines stop at token ids; a text that is no single token is looked for afterwards, and what
 * follows it is cut off.
 */
import type { Completion, wire } from "../engine/index.ts";
import { firstSignals } from "./first-signals.ts";
import type { ServedModel } from "./served-model.ts";

type Stop = wire.WireSamplingParameters["stop"];

function listed(stop: Stop): readonly (string | number)[] {
  return stop == null ? [] : typeof stop === "string" ? [stop] : stop;
}

/** Ids that end a completion: the model's ids if the client names none. */
export function stopTokens(served: ServedModel, stop: Stop): number[] {
  const named = listed(stop);
  if (named.length === 0) return [...served.dialogue.stopTokens];
  const ids = named.flatMap((one) => {
    if (typeof one === "number") return [one];
    const tokens = served.tokenizer.encode(one);
    return tokens.length === 1 ? tokens : [];
  });
  return ids.length > 0 ? ids : [...served.dialogue.stopTokens];
}

/** Texts that end a completion and are no single token. */
export function stopTexts(served: ServedModel, stop: Stop): string[] {
  return listed(stop).flatMap((one) =>
    typeof one === "string" && one !== "" && served.tokenizer.encode(one).length !== 1 ? [one] : [],
  );
}

/**
 * The completion up to and including the token that completes one of the texts. Of its signals those are kept that do not
 * depend on what is cut off.
 */
export function cutAtStop(served: ServedModel, completion: Completion, texts: readonly string[]): Completion {
  if (texts.length === 0) return completion;
  const { tokens, signals } = completion;
  const isIn = (length: number) => {
    const text = served.dialogue.text(tokens.subarray(0, length));
    return texts.some((stop) => text.includes(stop));
  };
  if (!isIn(tokens.length)) return completion;
  // A text stays within a longer beginning, so that the shortest is found by halving.
  let [without, length] = [0, tokens.length];
  while (length - without > 1) {
    const middle = (without + length) >> 1;
    if (isIn(middle)) length = middle;
    else without = middle;
  }
  const kept = signals && firstSignals(signals, length, tokens.length);
  return {
    tokens: tokens.slice(0, length),
    logprobs: completion.logprobs.slice(0, length),
    entropy: completion.entropy.slice(0, length),
    stopReason: "stop",
    ...(kept && { signals: kept }),
  };
}
