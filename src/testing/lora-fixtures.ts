/**
 * @module
 * The adapters of `fixtures/lora` and PEFT's outputs for them; the format is in the README there.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readJson } from "../model/index.ts";
import type { CaseName, Checkpoint, Digest } from "./model-fixtures.ts";

/** Names of the recorded adapters. */
export const ADAPTERS = ["decoder", "vision"] as const;
export type AdapterName = (typeof ADAPTERS)[number];

/** PEFT's outputs for an adapter. */
export interface RecordedAdapter {
  readonly checkpoint: Checkpoint;
  /** Log-probs of each sequence of each case of the checkpoint. */
  readonly logprobs: Readonly<Record<CaseName, readonly (readonly number[])[]>>;
  /** Of the objective of `padded-batch`, by the factors' names in memory. */
  readonly gradients: Readonly<Record<string, Digest>>;
  /** W + s·B A, by module. */
  readonly merged: Readonly<Record<string, Digest>>;
}

const ROOT = fileURLToPath(new URL("../../fixtures/lora/", import.meta.url));

export function adapterDirectory(name: AdapterName): string {
  return join(ROOT, name);
}

export function recordedAdapter(name: AdapterName): RecordedAdapter {
  const { adapters } = readJson(join(ROOT, "lora.json")) as {
    adapters: Record<AdapterName, RecordedAdapter>;
  };
  return adapters[name];
}
