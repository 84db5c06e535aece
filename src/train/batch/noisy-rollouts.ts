/**
 * @module
 * NoisyRollout's groups: part of each group is sampled from noised images. The whole group shares one baseline and is
 * trained on the clean images: old log-probs come from the sampling policy on the clean prompt.
 *
 * Source: arXiv:2504.13055, Eqs. 2 and 3.
 */
import {
  ablatePrompt,
  type Completion,
  type Prompt,
  type SampleRequest,
  type Sampler,
  sampledGroups,
} from "../../engine/index.ts";
import { annealedSteps } from "../../math/index.ts";
import type { Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import type { NoisyRollouts } from "../schedule/rollouts-schema.ts";

/** Options for sampling the noised part of a batch. */
interface NoisySampling {
  readonly options: NoisyRollouts;
  readonly sampler: Sampler;
  /** Options as for groups without noise. */
  readonly request: SampleRequest;
  readonly seed: number;
  /** Share of the run's iterations that are done. */
  readonly progress: number;
}

/** Completions by prompt, those from noised images last, with the steps of noise. */
export interface NoisyGroups {
  readonly completions: Completion[][];
  /** How many of each group. */
  readonly noised: number;
  readonly steps: number;
}

/** How many completions of a group are sampled from noised images. */
export function noisedSize(groupSize: number, share: number): number {
  return Math.floor(groupSize * share);
}

/** Samples a group for each prompt, part of it from the prompt with its images noised. */
export async function sampleNoisy(
  { engine, dialogue, sampling }: Training,
  { options, sampler, request, seed, progress }: NoisySampling,
  watch: Stopwatch,
): Promise<NoisyGroups> {
  const steps = annealedSteps(options, progress);
  const noised = noisedSize(request.groupSize, options.share);
  const clean = await watch.time("sample", () =>
    sampledGroups(sampler, { ...request, groupSize: request.groupSize - noised }),
  );
  if (noised === 0) return { completions: clean, noised, steps };
  const { signals: _signals, entropy: _entropy, ...plain } = request;
  const { prompts } = request;
  const shown = prompts.map((prompt) => noisedPrompt(dialogue.sight?.vision, prompt, steps, seed));
  const others = await watch.time("sample", () =>
    sampledGroups(sampler, { ...plain, prompts: shown, groupSize: noised, seed }),
  );
  const sequences = others.flatMap((group, p) =>
    group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
  );
  const hasEntropy = engine.capabilities.has("entropy");
  const scores = await watch.time("score", () =>
    engine.score(sequences, { temperature: sampling.temperature, ...(hasEntropy && { entropy: true }) }),
  );
  let next = 0;
  const onClean = others.map((group) =>
    group.map((completion): Completion => {
      const { logprobs, entropy = logprobs.map((value) => -value) } = scores[next++]!;
      return { tokens: completion.tokens, stopReason: completion.stopReason, logprobs, entropy };
    }),
  );
  return { completions: clean.map((group, p) => [...group, ...onClean[p]!]), noised, steps };
}

function noisedPrompt(
  vision: Parameters<typeof ablatePrompt>[2] | undefined,
  prompt: Prompt,
  step: number,
  seed: number,
): Prompt {
  return vision === undefined ? prompt : ablatePrompt(prompt, { kind: "diffusion", step, seed }, vision);
}
