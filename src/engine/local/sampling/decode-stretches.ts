/**
 * @module
 * Which completions of a request are decoded at once: whole groups of several prompts where they fit beside the
 * weights, else parts of one group.
 */
import { imageKeyCount } from "../prompts/image-keys.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import type { Machinery } from "../scoring/machinery.ts";

/** Completions decoded at once. */
const MAX_COMPLETIONS = 512;
/** Arrays of a completion's logits that a step has at once, in its program and as its outputs. */
const LOGITS = 6;

/** The parts of a request for completions that take memory. */
export interface StretchRequest {
  readonly prompts: readonly PreparedPrompt[];
  readonly groupSize: number;
  readonly maxCompletionTokens: number;
}

/** Prompts and equally many completions of each of them. */
export interface DecodeStretch {
  /** From the first prompt to the first that follows. */
  readonly prompts: readonly [from: number, to: number];
  /** From the first completion of each group to the first that follows. */
  readonly completions: readonly [from: number, to: number];
}

/** The stretches of a request: all completions of a prompt follow one another. */
export function decodeStretches(
  machinery: Pick<Machinery, "config" | "memory">,
  request: StretchRequest,
): DecodeStretch[] {
  const { prompts, groupSize } = request;
  if (prompts.length === 0) return [];
  const most = Math.max(1, completionsAtOnce(machinery, request));
  const perGroup = Math.min(groupSize, most);
  const perStretch = Math.max(1, Math.floor(most / groupSize));
  const stretches: DecodeStretch[] = [];
  for (let prompt = 0; prompt < prompts.length; prompt += perStretch) {
    for (let first = 0; first < groupSize; first += perGroup) {
      stretches.push({
        prompts: [prompt, Math.min(prompt + perStretch, prompts.length)],
        completions: [first, Math.min(first + perGroup, groupSize)],
      });
    }
  }
  return stretches;
}

/** As many as fit beside the weights, each with its logits, its cache and its share of its prompt's image keys. */
function completionsAtOnce(
  { config, memory }: Pick<Machinery, "config" | "memory">,
  { prompts, groupSize, maxCompletionTokens }: StretchRequest,
): number {
  const { vocabSize, layers, kvHeads, headDim, crossAttentionLayers = [] } = config.text;
  const longest = Math.max(...prompts.map(({ tokens }) => tokens.length));
  const cache = 2 * layers * kvHeads * headDim * (longest + maxCompletionTokens);
  const imageKeys = Math.max(...prompts.map(imageKeyCount)) / groupSize;
  const images = 2 * crossAttentionLayers.length * kvHeads * headDim * imageKeys;
  const bytes = Float32Array.BYTES_PER_ELEMENT * (LOGITS * vocabSize + cache + images);
  return Math.min(MAX_COMPLETIONS, Math.floor(memory.programBytes / 2 / bytes));
}
