/**
 * @module
 * Problems of one plain image each, for runs whose answers do not matter.
 */
import type { Problem } from "../data/index.ts";

/** An image of one shade of grey, with one of three digits as its answer. */
export const shade = (index: number): Problem => ({
  id: `p${index}`,
  images: [{ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3).fill(index) }],
  question: "Which digit?",
  answers: [String(7 + (index % 3))],
  columns: {},
});
