import { describe, expect, test } from "vitest";
import { digitsSchema } from "./options.ts";

describe("digitsSchema", () => {
  test("defaults are the settings of a model that is known to learn", () => {
    expect(digitsSchema.parse({})).toMatchObject({
      canvases: ["84x84"],
      digits: [2, 3],
      kinds: ["sum", "largest"],
      scale: [20, 26],
      jitter: 4,
      noise: 0.08,
    });
  });

  test.each([
    ["an unknown knob", { nois: 0.1 }],
    ["a canvas that is no multiple of 28", { canvases: ["90x90"] }],
    ["no canvas", { canvases: [] }],
    ["a canvas twice", { canvases: ["84x84", "84x84"] }],
    ["no kind", { kinds: [] }],
    ["an unknown kind", { kinds: ["product"] }],
    ["no digit", { digits: [0, 3] }],
    ["too many digits", { digits: [2, 6] }],
    ["a range the wrong way round", { digits: [3, 2] }],
    ["a digit larger than its cell", { scale: [20, 29] }],
    ["a broken number of digits", { digits: [1.5, 3] }],
    ["more digits than the smallest canvas has cells", { canvases: ["28x28", "84x84"] }],
    ["a difference of one digit", { digits: [1, 3], kinds: ["difference"] }],
    ["a difference that no layout allows", { digits: [3, 4], canvases: ["56x56"], kinds: ["difference"] }],
    ["noise that is no number", { noise: Number.NaN }],
  ])("%s is refused", (_, options) => {
    expect(digitsSchema.safeParse(options).success).toBe(false);
  });

  test.each([
    ["one digit on one cell", { digits: [1, 1], canvases: ["28x28"], kinds: ["largest"] }],
    ["differences on a small canvas", { digits: [2, 4], canvases: ["56x56"], kinds: ["difference"] }],
  ])("%s is accepted", (_, options) => {
    expect(digitsSchema.safeParse(options).success).toBe(true);
  });
});
