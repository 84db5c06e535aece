/**
 * @module
 * What the networks of the line's families are made of, where they differ.
 */

/** The names of a feed-forward's or a merger's modules, below their own. */
interface Modules {
  readonly up: string;
  readonly down: string;
}

export interface QwenParts {
  /** What canonical names of the decoder's parameters begin with. */
  readonly text: string;
  /** What canonical names of the tower's parameters begin with. */
  readonly vision: string;
  readonly tower: {
    readonly norm: "rms" | "layer";
    /** Whether the patches' convolution has a bias. */
    readonly patchBias: boolean;
    /** With a gate the feed-forward is SwiGLU, and the activation that of the gate. */
    readonly mlp: Modules & { readonly gate?: string };
    readonly activation: "silu" | "quick-gelu" | "gelu-tanh";
    readonly merger: Modules & { readonly norm: string };
  };
  readonly decoder: {
    /** Whether queries, keys and values have biases. */
    readonly bias: boolean;
    /** Whether queries and keys are normalised head by head, before they are rotated. */
    readonly queryKeyNorm: boolean;
    /** Rotary frequencies follow time, height and width section after section, or by turns. */
    readonly rotary: "sections" | "interleaved";
  };
}
