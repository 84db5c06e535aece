/**
 * @module
 * Frozen weights on a server without the extension, and the means that keep weights there at all. By the
 * protocol, samplers of saved weights can be asked for the log-probs of their prompt. SkyRL's samplers do not keep
 * weights. Its JAX backend samples from the adapter that it trains: a sampler of older weights either answers with
 * newer weights, or puts the older weights in the trained adapter's place. Its fsdp backend samples from the weights
 * that it was given last. On JAX a second model holds the reference instead; fsdp trains one model only. Source:
 * `load_sampler_weights` of skyrl/backends/jax.py and `sample` of skyrl_train_backend.py, SkyRL 0.3.0.
 */
import type { Score, Sequence } from "../engine.ts";
import { promptScores } from "./prompt-scores.ts";
import type { TinkerSession } from "./session.ts";
import type { PromptEncoder } from "./wire-prompt.ts";

/** The holder of weights while the model is trained: a sampler of them, a separate model, or nothing. */
export type WeightKeeper = "sampler" | "model" | "none";

/** Frozen weights. */
export interface Reference {
  /** Where the server saved them. */
  readonly path: string;
  readonly score: (sequences: readonly Sequence[]) => Promise<Score[]>;
}

/**
 * Weights held by a sampler.
 *
 * @param path of weights saved for sampling
 * @param numbers takes so many numbers of sampling requests and gives the first
 */
export async function sampledReference(
  session: TinkerSession,
  encoder: PromptEncoder,
  path: string,
  numbers: (count: number) => number,
): Promise<Reference> {
  const sampler = await session.samplerOf(path);
  return {
    path,
    score: (sequences) => promptScores(session, encoder, sampler, sequences, numbers(sequences.length)),
  };
}

/**
 * Weights held by a model of their own.
 *
 * @param path of a saved training state
 * @param score scores with the session's model
 */
export async function modelReference(
  session: TinkerSession,
  baseModel: string,
  path: string,
  score: (sequences: readonly Sequence[]) => Promise<Score[]>,
): Promise<Reference> {
  const { inPlace } = await session.beside(baseModel);
  await inPlace(() => session.mutate("load_weights", { path, optimizer: false }));
  return { path, score: (sequences) => inPlace(() => score(sequences)) };
}
