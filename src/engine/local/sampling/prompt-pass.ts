/**
 * @module
 * The pass over the prompts of a batch: what completions will read of them, and the distribution of their first token.
 * Where one run would take too much memory, prompts go through in several, whose outputs are put together.
 */
import { EngineError } from "../../../errors/index.ts";
import { type Results, workingBytes } from "../../../tensor/index.ts";
import { roundDownCount, roundUpCount, roundUpLength } from "../buckets.ts";
import { vocabulary, withEmbeddings } from "../device/with-embeddings.ts";
import { formatBytes } from "../memory/bytes.ts";
import { DecoderRows, promptMask } from "../prompts/decoder-batch.ts";
import { imageFeeds, imageKeyCount } from "../prompts/image-keys.ts";
import type { PreparedPrompt } from "../prompts/prepared-prompt.ts";
import type { Machinery } from "../scoring/machinery.ts";
import { layerOutputs } from "./decode-steps.ts";

/** The sizes of the prompts of a batch, and what is wanted of them. */
export interface PromptPass {
  /** S_p, slots of a prompt's tokens. */
  readonly length: number;
  /** K, slots of a prompt's image tokens for cross-attention; 0 for none. */
  readonly imageLength: number;
  /** Layers whose mean attention is returned, as `calibratedRow`; 0 for none. */
  readonly calibratedLayers: number;
  /** 1 when greedy */
  readonly temperature: number;
}

/** Runs the prompts of a batch: the outputs of `prefillGraph` by name, of `roundUpCount` prompts. */
export async function runPrompts(
  machinery: Machinery,
  prompts: readonly PreparedPrompt[],
  pass: PromptPass,
): Promise<Results> {
  const slots = roundUpCount(prompts.length);
  const atOnce = promptsAtOnce(machinery, slots, pass);
  if (atOnce >= slots) return runSlice(machinery, prompts, slots, pass);
  const host: Record<string, Float32Array> = {};
  for (let start = 0; start < prompts.length; start += atOnce) {
    const slice = await runSlice(machinery, prompts.slice(start, start + atOnce), atOnce, pass);
    for (const [name, numbers] of Object.entries(slice.host)) {
      const size = numbers.length / atOnce;
      host[name] ??= new Float32Array(slots * size);
      host[name].set(numbers.subarray(0, Math.min(atOnce, slots - start) * size), start * size);
    }
  }
  return { host, device: {} };
}

/** As many prompt slots as half of the memory for programs has room for, at least one; all of them on a device. */
function promptsAtOnce(machinery: Machinery, slots: number, pass: PromptPass): number {
  const { memory, store } = machinery;
  if (store.device !== undefined) return slots;
  let atOnce = slots;
  while (atOnce > 1 && bytesOf(machinery, atOnce, pass) > memory.programBytes / 2) {
    atOnce = roundDownCount(atOnce - 1);
  }
  return atOnce;
}

/**
 * Fails where the longest prompt of a request does not fit by itself. On a device its own memory is the limit.
 *
 * @throws EngineError with the numbers
 */
export function requirePromptRoom(machinery: Machinery, prompts: readonly PreparedPrompt[]): void {
  const { memory, store } = machinery;
  const [longest] = prompts.toSorted((a, b) => b.tokens.length - a.tokens.length);
  if (store.device !== undefined || longest === undefined) return;
  const tokens = longest.tokens.length;
  const pass = {
    length: roundUpLength(tokens),
    imageLength: imageKeyCount(longest),
    calibratedLayers: 0,
    temperature: 1,
  };
  const needed = bytesOf(machinery, 1, pass);
  if (needed <= memory.room) return;
  throw new EngineError(
    `sample: memory: expected at least ${formatBytes(needed)} free for a prompt of ${tokens} tokens, got ` +
      `${formatBytes(Math.max(0, memory.room))}: allow more by engine.memory, leave such prompts out by data.maxPromptTokens, ` +
      "or make their images smaller by data.maxPixels",
  );
}

/** Working bytes of passes by their keys: a graph takes longer to build than the number to look up. */
const known = new WeakMap<Machinery, Map<string, number>>();

function bytesOf(machinery: Machinery, slots: number, pass: PromptPass): number {
  const own = known.get(machinery) ?? new Map<string, number>();
  known.set(machinery, own);
  const key = keyOf(slots, pass);
  let bytes = own.get(key);
  if (bytes === undefined) {
    const { graph, outputs } = promptGraph(machinery, slots, pass);
    bytes = workingBytes(graph, Object.values(outputs));
    own.set(key, bytes);
  }
  return bytes;
}

function keyOf(slots: number, { length, imageLength, calibratedLayers }: PromptPass): string {
  return `prefill ${slots}x${length} ${imageLength} ${calibratedLayers}`;
}

async function runSlice(
  machinery: Machinery,
  prompts: readonly PreparedPrompt[],
  slots: number,
  pass: PromptPass,
): Promise<Results> {
  const { config, store, table } = machinery;
  const { length, imageLength, temperature } = pass;
  const rows = new DecoderRows(slots * length, config.text, table, slots * imageLength);
  const embedding = vocabulary(machinery, store.weights);
  for (const [p, prompt] of prompts.entries()) {
    rows.prompt((p + 1) * length, prompt, embedding);
    rows.images(p * imageLength, prompt);
  }
  const { program, used } = await promptProgram(machinery, slots, pass);
  return withEmbeddings(machinery, rows, store.weights, (embeddings) =>
    program.runThere({
      ...store.feeds(used),
      embeddings,
      cosine: rows.cosine,
      sine: rows.sine,
      promptMask: promptMask(prompts, slots, length),
      ...(imageLength > 0 && imageFeeds({ prompts, slots, promptLength: length, imageLength }, 0)),
      inverseTemperature: Float32Array.of(1 / temperature),
    }),
  );
}

function promptProgram(machinery: Machinery, slots: number, pass: PromptPass) {
  const { programs } = machinery;
  return programs.get(keyOf(slots, pass), async () => {
    const { graph, outputs, kept, used } = promptGraph(machinery, slots, pass);
    return { program: await programs.compile(graph, outputs, { resident: kept }), used };
  });
}

function promptGraph(
  { graphs, store }: Machinery,
  slots: number,
  { length, imageLength, calibratedLayers }: PromptPass,
) {
  const built = graphs.decoder.prefill(store.layout, slots, length, imageLength);
  const { graph, parameters, cache, next, lastRow } = built;
  const kept = layerOutputs(
    cache.map((layer) => layer?.key),
    cache.map((layer) => layer?.value),
  );
  const outputs = {
    ...next,
    ...kept,
    lastRow: lastRow(),
    ...(calibratedLayers > 0 && { calibratedRow: lastRow(calibratedLayers) }),
  };
  return { graph, outputs, kept: Object.keys(kept), used: parameters.used };
}
