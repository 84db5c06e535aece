/**
 * @module
 * `asample`: a request of the wire as a job for the queue of samples, and its completions as the answer.
 */
import { type Completion, type Engine, signalTensors, type wire } from "../engine/index.ts";
import { promptLogprobs } from "./prompt-logprobs.ts";
import { Refusal } from "./refusal.ts";
import type { GroupSettings, SampleQueue } from "./sample-queue.ts";
import type { SamplerEngines } from "./sampler-engines.ts";
import type { Sampler } from "./samplers.ts";
import { requestedStops, StopWatch } from "./stops.ts";

/** Tokens of a completion whose request has no limit. */
export const DEFAULT_MAX_TOKENS = 1024;

export interface SamplingContext {
  readonly engines: SamplerEngines;
  readonly queue: SampleQueue;
  /** Whether answers carry what the protocol lacks. */
  readonly isExtended: boolean;
}

/**
 * The answer to `asample`.
 *
 * @param signal aborted when nobody wants it any more
 */
export async function sampleAnswer(
  { engines, queue, isExtended }: SamplingContext,
  sampler: Sampler,
  request: wire.WireSampleRequest,
  signal: AbortSignal | undefined,
): Promise<object> {
  const { served } = sampler;
  const { sampling_params: parameters } = request;
  checkSampling(request);
  const pool = engines.poolOf(sampler);
  const input = await pool.resolve(request.prompt, new Map(), "prompt");
  const { length } = input.tokens;
  const room = served.contextLength - length;
  if (room < 1) {
    throw new Refusal(
      "bad-request",
      `prompt: expected fewer than ${served.contextLength} tokens, the model's context, got ${length}`,
    );
  }
  const prompt = pool.prompt(input, length);
  const stops = requestedStops(served, parameters.stop);
  const settings: GroupSettings = {
    groupSize: request.num_samples,
    maxCompletionTokens: Math.min(parameters.max_tokens ?? DEFAULT_MAX_TOKENS, room),
    temperature: parameters.temperature,
    topP: parameters.top_p,
    topK: Math.max(0, parameters.top_k),
    stopTokens: stops.ids,
    ...(request.fovea?.signals != null && { signals: request.fovea.signals }),
  };
  const stopping =
    stops.texts.length === 0 ? undefined : new StopWatch(served, stops.texts, request.num_samples);
  const job = { prompt, seed: parameters.seed, signal, ...(stopping && { watch: stopping.take }) };
  const group = await queue.group(sampler, settings, job, request.fovea?.batch);
  const scored = (engine: Engine) => {
    signal?.throwIfAborted();
    return promptLogprobs(engine, pool, input);
  };
  return {
    type: "sample",
    sequences: group.map((own, i) => sequenceAnswer(stopping?.cut(own, i) ?? own, isExtended)),
    ...(request.prompt_logprobs === true && {
      prompt_logprobs: lastOnly(await engines.run(sampler, scored), request.prompt_logprobs_last_n),
    }),
  };
}

/** Options of the protocol that this server does not support. */
const NOT_GIVEN = [
  "topk_prompt_logprobs",
  "topk_sample_logprobs",
  "target_prompt_logprobs",
  "prompt_alt_tokens_k",
  "record_stability_info",
] as const satisfies readonly (keyof wire.WireSampleRequest)[];

/** @throws Refusal when a request asks for more than samples and the log-probs of sampled and given tokens */
function checkSampling(request: wire.WireSampleRequest): void {
  for (const name of NOT_GIVEN) {
    const value = request[name];
    if (value === undefined || value === null || value === 0 || value === false) continue;
    throw new Refusal(
      "unsupported",
      `${name}: this server gives log-probs of sampled tokens and of the prompt's own tokens only`,
    );
  }
}

/** Log-probs of a prompt, those before the last `count` left out. */
function lastOnly(logprobs: (number | null)[], count: number | null | undefined): (number | null)[] {
  return count == null ? logprobs : logprobs.fill(null, 0, Math.max(0, logprobs.length - count));
}

function sequenceAnswer(
  { tokens, logprobs, entropy, stopReason, signals }: Completion,
  isExtended: boolean,
): object {
  return {
    stop_reason: stopReason,
    tokens: Array.from(tokens),
    logprobs: Array.from(logprobs),
    ...(isExtended && { entropy: Array.from(entropy) }),
    ...(signals && { signals: signalTensors(signals) }),
  };
}
