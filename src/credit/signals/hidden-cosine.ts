/**
 * @module
 * Cosine similarity of a token's hidden states with the image tokens', the signal of VGPO and PEPO.
 */
import { KEY_KIND } from "../attention-signals.ts";
import type { HiddenSignal, HiddenStates } from "./signal.ts";

/** Which hidden states are compared, and how. */
export interface HiddenCosineRequest {
  /** The last layer's after the final norm; or those before each layer too, and their mean. */
  readonly layers: "last" | "all";
  /** Cosine with the mean of the image's states, or mean of the cosines with each. */
  readonly pairing: "mean" | "pairwise";
}

/** `[T]` in [−1, 1], mean over layers; 0 without image tokens. */
function hiddenCosine(
  { layers, tokens, keys, kind, first }: HiddenStates,
  { pairing }: HiddenCosineRequest,
): Float64Array {
  const visual = Array.from({ length: keys }, (_, key) => key).filter((key) => kind[key] === KEY_KIND.visual);
  const cosines = new Float64Array(tokens);
  for (const states of layers) {
    const width = states.length / keys;
    const row = (key: number) => Float64Array.from({ length: width }, (_, d) => states[key * width + d]!);
    const images = visual.map(row);
    const targets = pairing === "mean" && images.length > 0 ? [average(images)] : images;
    for (let t = 0; t < tokens; t++) {
      const own = row(first + t);
      for (const target of targets) cosines[t]! += cosine(own, target) / targets.length / layers.length;
    }
  }
  return cosines;
}

function average(rows: readonly Float64Array[]): Float64Array {
  return rows[0]!.map((_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length);
}

/** 0 where either is 0 throughout. */
function cosine(a: Float64Array, b: Float64Array): number {
  const product = a.reduce((sum, value, d) => sum + value * b[d]!, 0);
  return product === 0 ? 0 : product / (Math.hypot(...a) * Math.hypot(...b));
}

/** How the plain protocol numbers them. */
const PLAIN = { pairing: { mean: 1, pairwise: 2 }, layers: { last: 1, all: 2 } } as const;

export const hiddenCosineSignal: HiddenSignal<
  "hiddenCosine",
  "hidden-states",
  HiddenCosineRequest,
  Float64Array
> = {
  name: "hiddenCosine",
  reads: "hidden",
  needs: [{ capability: "hidden-states", when: () => true, words: () => "hidden states" }],
  parts: [{ path: [], shape: "T", wire: "hidden_cosine", label: "likeness to the image" }],
  look: { layers: "last", pairing: "mean" },
  states: ({ layers }) => layers,
  reduce: hiddenCosine,
  plain: ({ layers, pairing }) => ({
    "fovea.hidden_cosine": PLAIN.pairing[pairing],
    "fovea.hidden_layers": PLAIN.layers[layers],
  }),
};
