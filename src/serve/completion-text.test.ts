import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { qwenTokenizer } from "../testing/qwen-tokenizer.ts";
import { CompletionText } from "./completion-text.ts";

const tokenizer = qwenTokenizer();
const decode = (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecial: true });
const END = tokenizer.requireTokenId("<|im_end|>");

/** Pieces of a completion, and whether a stop text ended it. */
function pieces(ids: readonly number[], stops: readonly string[] = []) {
  const text = new CompletionText(decode, stops);
  const released: string[] = [];
  for (const id of ids) {
    released.push(text.push(id));
    if (text.isStopped) break;
  }
  released.push(text.finish());
  return { released, isStopped: text.isStopped };
}

const anyIds = fc.array(fc.integer({ min: 0, max: tokenizer.vocabSize - 1 }), { maxLength: 30 });
/** Ids of single bytes, of which most make up no character. */
const byteIds = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 30 });

describe("the text of a completion as its tokens come", () => {
  test("is, joined, the text of the whole, for any tokens", () => {
    fc.assert(
      fc.property(fc.oneof(anyIds, byteIds), (ids) => {
        expect(pieces(ids).released.join("")).toBe(decode(ids));
      }),
    );
  });

  test("holds back a character until all its bytes have come", () => {
    // The three bytes of "€", one token each.
    const ids = ["â", "Ĥ", "¬"].map((byte) => tokenizer.requireTokenId(byte));
    expect(pieces([...ids, END]).released).toEqual(["", "", "€", "", ""]);
    expect(pieces(ids.slice(0, 2)).released).toEqual(["", "", decode(ids.slice(0, 2))]);
  });

  test("ends before the first stop text, however tokens cut it", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "é"), maxLength: 40 });
    const stop = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(text, stop, (whole, own) => {
        const ids = tokenizer.encode(whole);
        const { released, isStopped } = pieces(ids, [own]);
        const at = whole.indexOf(own);
        expect(released.join("")).toBe(at < 0 ? whole : whole.slice(0, at));
        expect(isStopped).toBe(at >= 0);
      }),
    );
  });

  test("holds back what may be the beginning of a stop text, and gives it when it is none", () => {
    const text = new CompletionText(decode, ["\nHuman:"]);
    const push = (more: string) =>
      tokenizer
        .encode(more)
        .map((id) => text.push(id))
        .join("");
    expect(push("yes\n")).toBe("yes");
    expect(push("H")).toBe("");
    expect(push("i")).toBe("\nHi");
    expect(push("\nHum")).toBe("");
    expect(text.finish()).toBe("\nHum");
  });

  test("of several stop texts ends before the one that is whole first", () => {
    const ids = tokenizer.encode("one two three four");
    expect(pieces(ids, ["three four", "two"]).released.join("")).toBe("one ");
  });
});
