/**
 * @module
 * Completions of any engine, checked: a group for each prompt, and for each token its numbers.
 */
import { EngineError } from "../errors/index.ts";
import { shownValue } from "../parts/index.ts";
import type { Completion, SampleRequest, Sampler } from "./engine.ts";

const ROWS = ["logprobs", "entropy"] as const;
const STOPS: readonly unknown[] = ["stop", "length"] satisfies Completion["stopReason"][];

/** Throws unless a list has so many items. */
function requireList(list: unknown, count: number, what: string): asserts list is readonly unknown[] {
  if (Array.isArray(list) && list.length === count) return;
  throw new EngineError(`engine.sample: expected ${count} ${what}, got ${shownValue(list)}`);
}

function requireCompletion(given: unknown, place: string): void {
  const completion = (given ?? {}) as Partial<Completion>;
  const tokens = completion.tokens?.length;
  if (typeof given !== "object" || typeof tokens !== "number") {
    throw new EngineError(
      `engine.sample: expected tokens, logprobs, entropy and stopReason for ${place}, got ${shownValue(given)}`,
    );
  }
  for (const name of ROWS) {
    const got = completion[name]?.length;
    if (got === tokens) continue;
    throw new EngineError(
      `engine.sample: expected ${tokens} ${name}, one for each token of ${place}, got ${got ?? "none"}`,
    );
  }
  if (STOPS.includes(completion.stopReason)) return;
  throw new EngineError(
    `engine.sample: expected stopReason "stop" or "length" for ${place}, got ${shownValue(completion.stopReason)}`,
  );
}

/**
 * Samples, and checks what comes back. The engine gets a list of prompts of its own.
 *
 * @returns `[P][G]`
 * @throws EngineError when there are too few or too many groups or completions, or one lacks numbers of its tokens
 */
export async function sampledGroups(sampler: Sampler, request: SampleRequest): Promise<Completion[][]> {
  const { groupSize } = request;
  const prompts = Object.freeze([...request.prompts]);
  const groups: unknown = await sampler.sample({ ...request, prompts });
  requireList(groups, prompts.length, "groups, one for each prompt");
  for (const [p, group] of groups.entries()) {
    requireList(group, groupSize, `completions for prompt ${p}`);
    for (const [g, completion] of group.entries()) {
      requireCompletion(completion, `completion ${g} of prompt ${p}`);
    }
  }
  return groups as Completion[][];
}
