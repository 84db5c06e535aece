/**
 * @module
 * What is done to a prompt's images before the model is asked a second time. A credit method that compares the two
 * answers names one of these; the engine applies it.
 */
import * as z from "zod";

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(0)
  .describe("Seed of what is drawn; the same for every completion of a prompt.");

/** Ways to take an image away, wholly or in part. Pixel values are those of 8-bit RGB. */
export const imageAblationSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("discard") }).describe("Image tokens are left out of the sequence."),
    z
      .strictObject({ kind: z.literal("mask-attention") })
      .describe("Image tokens stay in their places, and no other token attends to them."),
    z
      .strictObject({
        kind: z.literal("blacken-patches"),
        probability: z.number().min(0).max(1).default(0.6).describe("Chance of each patch to turn black."),
        patch: z.int().min(1).default(14).describe("Edge of a patch, pixels of the resized image."),
        seed,
      })
      .describe("Random square patches turn black."),
    z.strictObject({ kind: z.literal("black") }).describe("Every pixel turns black."),
    z
      .strictObject({
        kind: z.literal("noise"),
        sigma: z.number().nonnegative().default(200).describe("Standard deviation, of 255."),
        seed,
      })
      .describe("Gaussian noise is added, and values are clipped to 0…255."),
    z
      .strictObject({
        kind: z.literal("blur"),
        radius: z.number().nonnegative().default(5).describe("Standard deviation of the blur, pixels."),
      })
      .describe("Gaussian blur."),
  ])
  .describe("What is done to the images of the second pass.");

/** A complete image ablation: every default filled in. */
export type ImageAblation = z.output<typeof imageAblationSchema>;
