/**
 * @module
 * Changes to a prompt's images for a second pass of the model. Credit methods that compare passes select them; the
 * engine applies them. Most remove information; `augment` preserves it.
 */
import * as z from "zod";
import { DIFFUSION_STEPS } from "../math/index.ts";

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(0)
  .describe("Seed of the random draws; the same for every completion of a prompt.");

const share = (preset: number) => z.number().min(0).max(1).default(preset);
/** One of these is drawn for each image. */
const ways = <const W extends string>(all: readonly [W, ...W[]]) =>
  z
    .array(z.enum(all))
    .min(1)
    .default([...all])
    .describe("One of them is drawn for each image.");

/** Ways to remove an image, wholly or in part. Pixel values are 8-bit RGB. */
export const imageAblationSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("discard") }).describe("Image tokens are removed from the sequence."),
    z
      .strictObject({ kind: z.literal("mask-attention") })
      .describe("Image tokens keep their places, but no other token attends to them."),
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
    z
      .strictObject({
        kind: z.literal("diffusion"),
        step: z
          .int()
          .min(0)
          .max(DIFFUSION_STEPS - 1)
          .default(500)
          .describe(`Steps of ${DIFFUSION_STEPS}; 0 leaves images as they are.`),
        seed,
      })
      .describe("Variance-preserving diffusion noise, as in NoisyRollout and DVRP."),
    z
      .strictObject({
        kind: z.literal("occlude"),
        ways: ways(["noise-boxes", "crop"]),
        boxes: z.int().min(1).default(50).describe("Boxes of noise."),
        leastBox: share(0.05).describe("Least share of either edge that a box has."),
        mostBox: share(0.15).describe("Greatest."),
        leastCrop: share(0.6).describe("Least share of either edge that a crop keeps."),
        mostCrop: share(0.7).describe("Greatest."),
        seed,
      })
      .describe("Removes information from an image, as in CPPO: boxes of noise, or an enlarged crop."),
    z
      .strictObject({
        kind: z.literal("augment"),
        ways: ways(["colour", "perspective", "rotation"]),
        degrees: z.number().min(0).max(180).default(10).describe("Greatest angle of a rotation."),
        distortion: share(0.2).describe("How far a perspective moves corners, of half an edge."),
        seed,
      })
      .describe("Preserves an image's information and changes its appearance, as in CPPO."),
    z
      .strictObject({
        kind: z.literal("replace-values"),
        threshold: z
          .number()
          .nonnegative()
          .default(2)
          .describe("Attention is high above its mean plus so many deviations (λ)."),
        mean: z
          .enum(["vector", "number"])
          .default("vector")
          .describe(
            "The replacement of an image token's value: the mean vector, or one number (the authors' code).",
          ),
      })
      .describe(
        "Within the model: image tokens that attract high attention lose their own values, as in CFPO.",
      ),
  ])
  .describe("Change to the images of the second pass.");

/** A complete image ablation: every default filled in. */
export type ImageAblation = z.output<typeof imageAblationSchema>;
