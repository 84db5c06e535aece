import { expect, test } from "vitest";
import { allowedBy, type Capability } from "./capabilities.ts";

const EVERYTHING = [
  "attention",
  "attention-intervention",
  "attention-measure",
  "calibrated-attention",
  "entropy",
  "full-distribution",
  "image-ablation",
  "image-rows",
  "reference",
  "video",
] as const satisfies readonly Capability[];

test("a decoder that reads images by cross-attention keeps log-probs, entropies and divergences, not attention", () => {
  expect([...allowedBy({ imageKeys: false, video: true }, EVERYTHING)]).toEqual([
    "entropy",
    "full-distribution",
    "image-ablation",
    "reference",
    "video",
  ]);
});

test("a model without videos loses them alone, and one with everything keeps all", () => {
  const images = allowedBy({ imageKeys: true, video: false }, EVERYTHING);
  expect(EVERYTHING.filter((capability) => !images.has(capability))).toEqual(["video"]);
  expect([...allowedBy({ imageKeys: true, video: true }, EVERYTHING)]).toEqual(EVERYTHING);
});
