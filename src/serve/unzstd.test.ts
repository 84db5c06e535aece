import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "./refusal.ts";
import { unzstd } from "./unzstd.ts";

// Frames of Python's zstandard 0.25.0.
const FRAMES = {
  /** "hello world" three times: one compressed block. */
  text: "KLUv/SAhjQAAWGhlbGxvIHdvcmxkAQBWihc=",
  /** "abc" a thousand times, with a checksum and without its size. */
  checksum: "KLUv/QRYVQAAGGFiYwEAstN3Q8YDSYQ=",
  empty: "KLUv/SAAAQAA",
} as const;
const frame = (name: keyof typeof FRAMES) => Buffer.from(FRAMES[name], "base64");

describe("a body compressed with zstd", () => {
  test("equals the original", () => {
    expect(unzstd(frame("text"), 100).toString()).toBe("hello world".repeat(3));
    expect(unzstd(frame("checksum"), 5000).toString()).toBe("abc".repeat(1000));
    expect(unzstd(frame("empty"), 5000)).toHaveLength(0);
  });

  test("is refused when it becomes larger than allowed", () => {
    expect(unzstd(frame("text"), 33)).toHaveLength(33);
    expect(() => unzstd(frame("text"), 32)).toThrow("body: expected at most 32 bytes");
  });

  test.each([
    [
      "two frames",
      Buffer.concat([frame("text"), frame("text")]),
      `${frame("text").length} bytes after its end`,
    ],
    ["a tail", Buffer.concat([frame("text"), Buffer.of(1)]), "1 bytes after its end"],
    ["nothing", Buffer.alloc(0), "another magic number"],
    ["a header alone", frame("checksum").subarray(0, 6), "cut short"],
    ["a header cut", Buffer.from("KLUv/aA=", "base64"), "cut short within its header"],
  ])("is refused: %s", (_, bytes, what) => {
    expect(() => unzstd(bytes, 5000)).toThrow(
      `body: expected one frame of zstd, as content-encoding says: ${what}`,
    );
  });

  test("cut anywhere, or with any byte changed, is refused or read, and nothing else", () => {
    const names = Object.keys(FRAMES) as (keyof typeof FRAMES)[];
    for (const name of names) {
      const whole = frame(name);
      for (let end = 0; end < whole.length; end++) {
        expect(() => unzstd(whole.subarray(0, end), 5000)).toThrow(Refusal);
      }
    }
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (name, place, mask) => {
          const bytes = Uint8Array.from(frame(name));
          bytes[place % bytes.length]! ^= mask;
          try {
            unzstd(bytes, 5000);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        },
      ),
    );
  });
});
