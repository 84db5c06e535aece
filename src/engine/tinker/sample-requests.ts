/**
 * @module
 * A batch of prompts as `asample` requests, one each, and their answers.
 */
import { EngineError, ShapeError } from "../../errors/index.ts";
import { isSamplingTemperature, Rng, SAMPLING_TEMPERATURE } from "../../math/index.ts";
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
  const { prompts, groupSize, seed, temperature } = request;
  if (!isSamplingTemperature(temperature)) {
    throw new EngineError(`sample: temperature: expected ${SAMPLING_TEMPERATURE}, got ${temperature}`);
  }
  // Prompts with seeds of their own are sampled as if each were alone, so they need no batch.
  const isOneBatch = isExtended && typeof seed === "number";
  const seeds = seedsOf(request, isOneBatch);
  const futures = await inParallel(prompts, AT_ONCE, async (prompt, place) => {
    const { chunks } = await encoder.encode(prompt);
    return session.submitSample({
      sampling_session_id: sampler,
      seq_id: first + place,
      num_samples: groupSize,
      prompt: { chunks },
      sampling_params: {
        max_tokens: request.maxCompletionTokens,
        seed: seeds[place]!,
        stop: [...request.stopTokens],
        temperature,
        top_k: request.topK === 0 ? -1 : request.topK,
        top_p: request.topP,
      },
      ...(isExtended && {
        fovea: {
          ...(isOneBatch && { batch: { id: `${sampler}/${first}`, place, size: prompts.length } }),
          ...(request.signals && { signals: request.signals }),
        },
      }),
    });
  });
  const asked = { ...request, vocabulary: encoder.vocabulary };
  return inParallel(futures, AT_ONCE, async (future, place) =>
    sampledGroup(await session.sampled(future), asked, place),
  );
}

/** The seed of each prompt's request: of a batch the whole batch's. */
function seedsOf({ seed, prompts }: SampleRequest, isOneBatch: boolean): readonly number[] {
  if (typeof seed !== "number") {
    if (seed.length === prompts.length) return seed;
    throw new ShapeError(
      `sample: seed: expected one for each of ${prompts.length} prompts, got ${seed.length}`,
    );
  }
  const whole = new Rng(seed);
  return prompts.map((_, place) => (isOneBatch ? seed : whole.fork(place).word() >>> 1));
}
