/**
 * @module
 * A predicted point within a given box: the accuracy of ScreenSpot (SeeClick, arXiv:2401.10935) and the reward of
 * GUI-R1 (arXiv:2504.10458). A predicted box counts by its centre.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer, sourceSchema } from "../definition.ts";
import { type Box, boxesIn, type Point, pointsIn } from "./boxes.ts";

/** Whether a point lies within a box, its edges included. */
export function isInBox([x, y]: Point, [left, top, right, bottom]: Box): boolean {
  return left <= x && x <= right && top <= y && y <= bottom;
}

function pointsOf(answer: string): readonly Point[] {
  const boxes = boxesIn(answer);
  if (boxes.length === 0) return pointsIn(answer);
  return boxes.map(([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2]);
}

/** The verdict `point-in-box`. */
export const pointInBoxDefinition = defineVerdict({
  schema: z.strictObject({ kind: z.literal("point-in-box"), from: sourceSchema }),
  create: ({ from }) => ({
    name: "point-in-box",
    judge(text, { answers }) {
      const extracted = readAnswer(text, from);
      const given = extracted === null ? [] : pointsOf(extracted);
      if (given.length > 1) return { extracted, score: 0, reason: `${given.length} points, expected 1` };
      return bestOf(extracted, answers, (_, answer) => {
        const [right] = boxesIn(answer);
        if (right === undefined) return null;
        return given.length === 1 && isInBox(given[0]!, right) ? 1 : 0;
      });
    },
  }),
});
