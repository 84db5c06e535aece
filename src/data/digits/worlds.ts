/**
 * @module
 * The worlds of this task: their pictures, and the pictures' name in questions. All else, from layouts to labels, is
 * the same in each.
 */
import { dialGlyphs, gaugeGlyphs } from "./drawn-glyphs.ts";
import type { Glyphs } from "./glyphs.ts";
import { digitScans } from "./scans.ts";

/** The pictures that represent values, and their name. */
export interface World {
  readonly name: "digits" | "bars" | "dials";
  /** One of its pictures in a sentence; several have an s. */
  readonly noun: "digit" | "bar" | "dial";
  readonly glyphs: () => Glyphs;
}

/** Handwritten digits, read by their shape. */
export const DIGITS: World = { name: "digits", noun: "digit", glyphs: digitScans };
/** Gauges, read by their level. */
export const BARS: World = { name: "bars", noun: "bar", glyphs: gaugeGlyphs };
/** Dials, read by an angle. */
export const DIALS: World = { name: "dials", noun: "dial", glyphs: dialGlyphs };

/** Nouns of all worlds, for readers of sentences. */
export const NOUNS = [DIGITS.noun, BARS.noun, DIALS.noun] as const;
export type Noun = World["noun"];
