/**
 * @module
 * How far apart the distributions at each place of a prompt's completions are. The head is read again, a stretch of places
 * at a time, from rows of D numbers a token: no distribution leaves the graph.
 */
import { groupDivergenceGraph } from "../../../model/graph/index.ts";
import { placesByPrompt } from "../../by-prompt.ts";
import { roundUpLength } from "../buckets.ts";
import type { Machinery } from "./machinery.ts";
import type { Scoring } from "./scoring.ts";
import type { PreparedSequence } from "./sequence-batches.ts";

/** Numbers of distributions that are held at once: 64 MiB. */
const NUMBERS = 2 ** 24;

/**
 * The divergence at each token's place among the completions of its prompt.
 *
 * @param hidden `[sequences][T × D]` rows that the head reads
 * @returns `[sequences][T]` nats
 */
export async function groupDivergences(
  machinery: Machinery,
  sequences: readonly PreparedSequence[],
  hidden: readonly Float32Array[],
  { weights, temperature }: Pick<Scoring, "weights" | "temperature">,
): Promise<Float64Array[]> {
  const found = sequences.map(({ completion }) => new Float64Array(completion.length));
  for (const members of placesByPrompt(sequences).values()) {
    const longest = Math.max(...members.map((i) => found[i]!.length));
    for (let first = 0; first < longest; ) {
      const divergence = await stretch(
        machinery,
        members.map((i) => hidden[i]!),
        first,
        longest,
        {
          weights,
          temperature,
        },
      );
      for (const i of members) {
        const own = found[i]!.subarray(first, first + divergence.length);
        own.set(divergence.subarray(0, own.length));
      }
      first += divergence.length;
    }
  }
  return found;
}

/** The places from the first on, as many as are computed at once. */
async function stretch(
  { config: { text }, store, programs }: Machinery,
  rows: readonly Float32Array[],
  first: number,
  longest: number,
  { weights, temperature }: Pick<Scoring, "weights" | "temperature">,
): Promise<Float64Array> {
  const { hiddenSize: width, vocabSize } = text;
  const most = Math.max(1, Math.floor(NUMBERS / (rows.length * vocabSize)));
  const places = Math.min(roundUpLength(longest - first), most);
  const { program, used } = await programs.get(`group ${rows.length} ${places}`, async () => {
    const { graph, parameters, divergence } = groupDivergenceGraph(text, store.layout, rows.length, places);
    return { program: await programs.compile(graph, { divergence }), used: new Map(parameters.used) };
  });
  const hidden = new Float32Array(rows.length * places * width);
  const alive = new Float32Array(rows.length * places);
  for (const [i, own] of rows.entries()) {
    const part = own.subarray(first * width, (first + places) * width);
    hidden.set(part, i * places * width);
    alive.fill(1, i * places, i * places + part.length / width);
  }
  const { divergence } = await program.run({
    ...store.feeds(used, weights),
    hidden,
    alive,
    inverseTemperature: Float32Array.of(1 / temperature),
  });
  return Float64Array.from(divergence!.subarray(0, Math.min(places, longest - first)), (nats) =>
    Math.max(0, nats),
  );
}
