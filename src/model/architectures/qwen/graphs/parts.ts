/**
 * @module
 * The parts in which the networks of the Qwen-VL families differ.
 */

import type { DecoderNames } from "../../../graph/decoder-parameters.ts";

/** The names of a feed-forward's or a merger's modules, below their own. */
interface Modules {
  readonly up: string;
  readonly down: string;
}

export interface QwenParts {
  /** The prefix of canonical names of the tower's parameters. */
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
  readonly decoder: DecoderNames;
  /** Rotary frequencies of the decoder follow time, height and width section after section, or by turns. */
  readonly rotary: "sections" | "interleaved";
}
