import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SMALL_ASSETS } from "../engine/small-model.ts";
import { loadTokenizer } from "../model/index.ts";
import { type Decode, tokenTexts } from "./token-texts.ts";

const tokenizer = loadTokenizer(SMALL_ASSETS);
const decode: Decode = (ids) => tokenizer.decode(ids, { skipSpecial: true });
const textsOf = (text: string) => tokenTexts(tokenizer.encode(text, { special: false }), decode);

/** A tokenizer whose ids are places in a list of bytes. */
const decodeBytes =
  (tokens: readonly (readonly number[])[]): Decode =>
  (ids) =>
    new TextDecoder().decode(Uint8Array.from(ids.flatMap((id) => tokens[id]!)));
const utf8 = (text: string) => [...new TextEncoder().encode(text)];
const cut = (tokens: readonly (readonly number[])[]) => tokenTexts([...tokens.keys()], decodeBytes(tokens));

describe("the texts of tokens", () => {
  test("give a character that was cut to the first of its tokens", () => {
    expect(textsOf("∠A = 45°.")).toEqual(["∠", "", "", "A", " =", " ", "4", "5", "°", "", "."]);
    const angle = utf8("∠");
    expect(cut([[...utf8("x"), angle[0]!], [...angle.slice(1), ...utf8(" A")], utf8("B")])).toEqual([
      "x∠",
      " A",
      "B",
    ]);
  });

  test("keep bytes that make up no character", () => {
    expect(cut([utf8("a"), [0xe2], utf8("b")])).toEqual(["a", "\uFFFD", "b"]);
    expect(cut([[0xff], [0xff]]).join("")).toBe("\uFFFD\uFFFD");
    expect(cut([utf8("\uFFFD"), utf8("a")])).toEqual(["\uFFFD", "a"]);
  });

  test("joined are the text, one for each token, wherever the bytes are cut", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 12 }), lengths, (text, sizes) => {
        const bytes = utf8(text);
        const tokens: number[][] = [];
        for (let from = 0, i = 0; from < bytes.length; i++) {
          const size = sizes[i % sizes.length]!;
          tokens.push(bytes.slice(from, from + size));
          from += size;
        }
        const texts = cut(tokens);
        expect(texts).toHaveLength(tokens.length);
        expect(texts.join("")).toBe(text);
      }),
    );
  });
});
