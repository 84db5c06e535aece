/**
 * @module
 * Intersection over union of a predicted and a given box: the reward of grounding in VLM-R1 (arXiv:2504.07615) with a
 * threshold of 0.5, and of Perception-R1 (arXiv:2504.07954) without one.
 */
import * as z from "zod";
import { bestOf, defineVerdict, readAnswer, sourceSchema } from "../definition.ts";
import { type Box, boxesIn } from "./boxes.ts";

function area([left, top, right, bottom]: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}

/** |a ∩ b| / |a ∪ b|, 0 where the union is empty. */
export function boxIou(a: Box, b: Box): number {
  const shared: Box = [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ];
  const isApart = shared[0] >= shared[2] || shared[1] >= shared[3];
  const intersection = isApart ? 0 : area(shared);
  const union = area(a) + area(b) - intersection;
  return union === 0 ? 0 : intersection / union;
}

/** The verdict `box-iou`. */
export const boxIouDefinition = defineVerdict({
  schema: z.strictObject({
    kind: z.literal("box-iou"),
    from: sourceSchema,
    threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("The score is 1 above this IoU and 0 below; without a threshold the score is the IoU."),
  }),
  create: ({ from, threshold }) => ({
    name: "box-iou",
    judge(text, { answers }) {
      const extracted = readAnswer(text, from);
      const given = extracted === null ? [] : boxesIn(extracted);
      if (given.length > 1) return { extracted, score: 0, reason: `${given.length} boxes, expected 1` };
      return bestOf(extracted, answers, (_, answer) => {
        const [right] = boxesIn(answer);
        if (right === undefined) return null;
        const iou = given.length === 0 ? 0 : boxIou(given[0]!, right);
        return threshold === undefined ? iou : iou > threshold ? 1 : 0;
      });
    },
  }),
});
