/**
 * @module
 * The keys of a fault as its reader has written them.
 */

/** An error's text with the user's keys: keys of a configuration, or the parts of `train`. */
export function asWritten(words: string, isConfigured: boolean): string {
  if (isConfigured) return words;
  return words.replaceAll("algorithm.", "objective.").replaceAll("train.", "schedule.");
}
