/**
 * @module
 * Pictures of the values 0 to 9: handwritten digits, or gauges and dials drawn by code. A world shows one
 * kind of them.
 */

/** The grey level of full ink; 0 is blank paper. */
export const FULL_INK = 16;

/** A list of labelled square pictures. */
export interface Glyphs {
  /** Width and height in pixels. */
  readonly side: number;
  readonly count: number;
  /** `[count]`, 0 to 9. */
  readonly labels: Uint8Array;
  /** `[count × side²]`, grey levels 0 (paper) to 16 (ink), row-major. */
  readonly pixels: Uint8Array;
  /** Hex sha256 of the pictures. */
  readonly sha256: string;
}
