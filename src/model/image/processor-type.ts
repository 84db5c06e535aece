/**
 * @module
 * Whose settings a processor's file holds.
 */
import type { Fields } from "../json-fields.ts";

/**
 * Makes sure that settings are of a family's own processors, where they say whose they are.
 *
 * @param known names of the family's classes
 * @param expected what they are, for messages
 * @throws ModelError naming the class of another family
 */
export function requireProcessor(fields: Fields, known: RegExp, expected: string): void {
  for (const name of ["image_processor_type", "video_processor_type", "feature_extractor_type"]) {
    if (fields.has(name) && !known.test(fields.text(name))) throw fields.error(name, expected);
  }
}
