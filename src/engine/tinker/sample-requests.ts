/**
 * @module
 * A batch of prompts as `asample` requests, one each, and their answers.
 */
import { Rng } from "../../math/index.ts";
import type { Completion, SampleRequest } from "../engine.ts";
import type { ForwardContext } from "./forward-requests.ts";
import { AT_ONCE, inParallel } from "./in-parallel.ts";
import { sampledGroup } from "./sampled-group.ts";

/** Whom to ask. */
interface SampledBy {
  /** Sampling session. */
  readonly sampler: string;
  /** Number of the first request. */
  readonly first: number;
}

/**
 * Sends all prompts, then waits for their completions.
 *
 * @returns `[P][G]` completions in the order of the prompts
 */
export async function sendSamples(
  { session, encoder, isExtended }: Pick<ForwardContext, "session" | "encoder" | "isExtended">,
  { sampler, first }: SampledBy,
  request: SampleRequest,
): Promise<Completion[][]> {
  const { prompts, groupSize } = request;
  const seeds = new Rng(request.seed);
  const futures = await inParallel(prompts, AT_ONCE, async (prompt, place) => {
    const { chunks } = await encoder.encode(prompt);
    return session.submitSample({
      sampling_session_id: sampler,
      seq_id: first + place,
      num_samples: groupSize,
      prompt: { chunks },
      sampling_params: {
        max_tokens: request.maxCompletionTokens,
        seed: isExtended ? request.seed : seeds.fork(place).word() >>> 1,
        stop: [...request.stopTokens],
        temperature: request.temperature,
        top_k: request.topK === 0 ? -1 : request.topK,
        top_p: request.topP,
      },
      ...(isExtended && {
        fovea: {
          batch: { id: `${sampler}/${first}`, place, size: prompts.length },
          ...(request.signals && { signals: request.signals }),
        },
      }),
    });
  });
  return inParallel(futures, AT_ONCE, async (future) => {
    return sampledGroup(await session.sampled(future), groupSize, request.signals);
  });
}
