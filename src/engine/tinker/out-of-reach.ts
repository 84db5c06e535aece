/**
 * @module
 * Capabilities and parts of requests that the protocol has no form for, with the server's extension or without.
 */
import type { Capability } from "../capabilities.ts";
import type { SampleRequest, ScoreRequest } from "../engine.ts";

/** Capabilities that an engine at a server may have, and that no request can ask for. */
export const OUT_OF_REACH: ReadonlySet<Capability> = new Set<Capability>([
  "attention-intervention",
  "group-divergence",
  "hidden-images",
  "value-replacement",
  "video",
  "watch",
]);

/** The first part of a request for samples that cannot be sent, in words. */
export function unsentOfSampling({ watch, alternatives }: SampleRequest): string | undefined {
  if (watch !== undefined) return "tokens as they are drawn";
  return (alternatives ?? 0) > 0 ? "likeliest tokens of samples" : undefined;
}

/** The first part of a request for scores that cannot be sent, in words. */
export function unsentOfScoring({ intervention, likeliest }: ScoreRequest): string | undefined {
  if (intervention !== undefined) return "amplified attention";
  return likeliest ? "likeliest tokens" : undefined;
}
