/**
 * @module
 * Sequences by their prompt.
 */

/** The places of the sequences of each prompt, in the order in which prompts come first. */
export function placesByPrompt<P>(sequences: readonly { readonly prompt: P }[]): Map<P, number[]> {
  const places = new Map<P, number[]>();
  for (const [place, { prompt }] of sequences.entries()) {
    const own = places.get(prompt);
    if (own === undefined) places.set(prompt, [place]);
    else own.push(place);
  }
  return places;
}
