import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { qwenTokenizer, qwenTokenizerText } from "../testing/qwen-tokenizer.ts";

interface Recorded {
  readonly text: string;
  readonly ids: readonly number[];
  /** Ids with special tokens taken for text, where they differ. */
  readonly plain?: readonly number[];
  /** Where it is not the text. */
  readonly decoded?: string;
}

const file = new URL("../../fixtures/tokenizer/ids.json", import.meta.url);
const recorded: readonly Recorded[] = JSON.parse(readFileSync(file, "utf8"));
const tokenizer = qwenTokenizer();
const special = new Set(tokenizer.specialTokens.map((token) => tokenizer.requireTokenId(token)));

test("the tokenizer is the published one, to the byte", () => {
  const digest = createHash("sha256").update(qwenTokenizerText()).digest("hex");
  expect(digest).toBe("c0382117ea329cdf097041132f6d735924b697924d6f6fc3945713e96ce87539");
});

describe("the Qwen2.5 tokenizer", () => {
  test("is compared on more than a thousand strings", () => {
    expect(new Set(recorded.map(({ text }) => text)).size).toBeGreaterThan(1000);
  });

  test.each(recorded)("encodes $text as transformers does", ({ text, ids, plain = ids, decoded = text }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.encode(text, { special: false })).toEqual(plain);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  test("knows the ids that the published config names", () => {
    expect(tokenizer.vocabSize).toBe(151_665);
    expect(
      [
        "<|im_start|>",
        "<|im_end|>",
        "<|vision_start|>",
        "<|vision_end|>",
        "<|image_pad|>",
        "<|video_pad|>",
      ].map((token) => tokenizer.tokenId(token)),
    ).toEqual([151_644, 151_645, 151_652, 151_653, 151_655, 151_656]);
  });

  test("has the bytes of every token: the bytes of a text's tokens, joined, are the text", () => {
    for (const { text } of recorded) {
      const ids = tokenizer.encode(text, { special: false });
      const bytes = Buffer.concat(ids.map((id) => tokenizer.bytes(id)!));
      expect(bytes.toString("utf8")).toBe(tokenizer.decode(ids));
    }
    const of = (token: string) => tokenizer.bytes(tokenizer.requireTokenId(token));
    expect(of("<|im_end|>")).toBeUndefined();
    expect(of("<tool_call>")).toEqual(new TextEncoder().encode("<tool_call>"));
    expect(tokenizer.bytes(151_664)).toBeDefined();
    expect(tokenizer.bytes(151_665)).toBeUndefined();
    // "€" is three bytes, and of a byte-level vocabulary each of them can be a token.
    expect(["â", "Ĥ", "¬"].map((character) => [...of(character)!])).toEqual([[0xe2], [0x82], [0xac]]);
  });

  test("never makes a special token of text, and reads back what it wrote", () => {
    const piece = fc.constantFrom(
      ...tokenizer.specialTokens,
      "<|",
      "im_end",
      "|>",
      "<",
      " ",
      "\n",
      "é",
      "字",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const ids = tokenizer.encode(text, { special: false });
        expect(ids.filter((id) => special.has(id))).toEqual([]);
        expect(tokenizer.decode(ids)).toBe(text.normalize("NFC"));
      }),
    );
  });
});
