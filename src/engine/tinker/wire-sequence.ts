/**
 * @module
 * A sequence as the protocol's datum: the model's input is prompt and completion without the last token, its targets
 * are the tokens that follow.
 */
import type { Sequence } from "../engine.ts";
import { toTensor, type WireDatum } from "./wire.ts";
import type { WirePrompt } from "./wire-prompt.ts";

/** The positions that targets and weights cover: all of the input, or only positions that predict the completion. */
export type Span = "sequence" | "completion";

/**
 * The datum of a sequence.
 *
 * @param weights by name, `[T]` each; positions before the completion have weight 0 and target 0
 */
export function toDatum(
  { completion }: Sequence,
  { chunks, length }: Omit<WirePrompt, "content">,
  weights: Readonly<Record<string, ArrayLike<number>>>,
  span: Span,
): WireDatum {
  const before = span === "sequence" ? length - 1 : 0;
  const padded = (values: ArrayLike<number>) => {
    const all = new Float64Array(before + values.length);
    all.set(Array.from(values), before);
    return all;
  };
  const fed = Array.from(completion.subarray(0, -1));
  return {
    model_input: {
      chunks: fed.length === 0 ? [...chunks] : [...chunks, { type: "encoded_text", tokens: fed }],
    },
    loss_fn_inputs: {
      target_tokens: toTensor(padded(completion), "int64"),
      ...Object.fromEntries(
        Object.entries(weights).map(([name, values]) => [name, toTensor(padded(values))]),
      ),
    },
  };
}

/** Bytes of a token and of a number of an array in a body, roughly, and what an image's bytes are multiplied by. */
export interface BodySizes {
  readonly token: number;
  readonly number: number;
  readonly image: number;
}

/** Rough size of a datum in a body. */
export function datumBytes({ model_input, loss_fn_inputs }: WireDatum, sizes: BodySizes): number {
  const chunks = model_input.chunks.reduce((sum, chunk) => {
    if (chunk.type === "encoded_text") return sum + sizes.token * chunk.tokens.length;
    return sum + 200 + (chunk.type === "image" ? sizes.image * chunk.data.length : 0);
  }, 0);
  return Object.values(loss_fn_inputs).reduce((sum, { data }) => sum + sizes.number * data.length, chunks);
}
