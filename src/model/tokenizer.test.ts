import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelError } from "../errors/index.ts";
import { type FixtureConfig, parseFixtureConfig, VISION_TOKENS } from "../testing/fixture-architecture.ts";
import { architectureOf } from "./architectures/index.ts";
import { loadTokenizer } from "./directory.ts";
import { checkVocabulary, Tokenizer } from "./tokenizer.ts";

const root = new URL("../../", import.meta.url).pathname;
const digits = join(root, "assets/small");
const tokenizer = loadTokenizer(digits);

interface Case {
  readonly text: string;
  readonly ids: number[];
  /** Ids with special tokens taken for text. */
  readonly plain: number[];
  readonly decoded: string;
  readonly skipped: string;
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(join(root, "fixtures/model-files/tokenizer.json"), "utf8"),
);

interface TokenizerJson {
  readonly added_tokens: { readonly id: number; readonly content: string }[];
  readonly model: Record<string, unknown>;
}

const json: TokenizerJson = JSON.parse(readFileSync(join(digits, "tokenizer.json"), "utf8"));

describe("Tokenizer", () => {
  test.each(cases)("encodes and decodes $text as the tokenizers library", (expected) => {
    expect(tokenizer.encode(expected.text)).toEqual(expected.ids);
    expect(tokenizer.encode(expected.text, { special: false })).toEqual(expected.plain);
    expect(tokenizer.decode(expected.ids)).toBe(expected.decoded);
    expect(tokenizer.decode(expected.ids, { skipSpecial: true })).toBe(expected.skipped);
  });

  test("a word of the task is few tokens, an unknown one its bytes", () => {
    expect(tokenizer.encode(" digits")).toHaveLength(1);
    expect(tokenizer.encode("é")).toHaveLength(2);
  });

  test("any text without special tokens decodes to itself, in normal form C", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text, { special: false }))).toBe(text.normalize("NFC"));
      }),
    );
  });

  test("text taken as text never has a special id", () => {
    const special = tokenizer.specialTokens.map((token) => tokenizer.requireTokenId(token));
    const piece = fc.constantFrom(...tokenizer.specialTokens, "<|", "im_end", "|>", " ", "\n", "a");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const ids = tokenizer.encode(pieces.join(""), { special: false });
        expect(ids.filter((id) => special.includes(id))).toEqual([]);
      }),
    );
  });

  test("knows its special tokens and size", () => {
    expect(tokenizer.specialTokens).toHaveLength(8);
    expect(tokenizer.eosToken).toBe("<|im_end|>");
    expect(tokenizer.padToken).toBe("<|endoftext|>");
    expect(tokenizer.vocabSize).toBe(1 + Math.max(...json.added_tokens.map(({ id }) => id)));
  });

  test("decodes nothing, and ids without a token, to nothing", () => {
    expect(tokenizer.decode([])).toBe("");
    expect(tokenizer.decode([tokenizer.vocabSize + 7, ...tokenizer.encode("5")])).toBe("5");
  });

  test.each<[why: string, json: unknown, message: RegExp]>([
    ["no object", 3, /expected a JSON object/],
    ["another model", { ...json, model: { type: "Unigram" } }, /model: type: expected "BPE"/],
    ["no added tokens", { ...json, added_tokens: undefined }, /added_tokens: expected an array/],
    ["an unknown pre-tokenizer", { ...json, pre_tokenizer: { type: "New" } }, /not a tokenizer/],
  ])("refuses a tokenizer.json with %s", (_, broken, message) => {
    expect(() => new Tokenizer(broken, {})).toThrow(ModelError);
    expect(() => new Tokenizer(broken, {})).toThrow(message);
  });
});

describe("tokenizer and config", () => {
  const variants: { name: string; config: FixtureConfig; json: unknown }[] = JSON.parse(
    readFileSync(join(root, "fixtures/model-files/configs.json"), "utf8"),
  );
  const [variant] = variants;
  if (variant === undefined) throw new Error("fixture without configs");
  const published = parseFixtureConfig(variant.json);
  const config: FixtureConfig = {
    ...published,
    text: { ...published.text, vocabSize: tokenizer.vocabSize + 9 },
    visionStartTokenId: tokenizer.requireTokenId(VISION_TOKENS.start),
    visionEndTokenId: tokenizer.requireTokenId(VISION_TOKENS.end),
    imageTokenId: tokenizer.requireTokenId(VISION_TOKENS.image),
    videoTokenId: tokenizer.requireTokenId(VISION_TOKENS.video),
  };

  const checkTokenizer = (given: Tokenizer, sizes: FixtureConfig) => {
    architectureOf(sizes).promptSide.checkTokenizer(given, sizes);
    checkVocabulary(given, sizes.text.vocabSize, "here");
  };

  test("accepts a tokenizer smaller than the embedding", () => {
    expect(() => checkTokenizer(tokenizer, config)).not.toThrow();
  });

  test.each(Object.values(VISION_TOKENS))("names the missing token %s", (token) => {
    const added = json.added_tokens.filter(({ content }) => content !== token);
    const without = new Tokenizer({ ...json, added_tokens: added }, {});
    expect(() => checkTokenizer(without, config)).toThrow(ModelError);
    expect(() => checkTokenizer(without, config)).toThrow(`no token ${token}`);
  });

  test("names a token that the config gives another id", () => {
    const other = { ...config, imageTokenId: config.videoTokenId };
    expect(() => checkTokenizer(tokenizer, other)).toThrow(
      `<|image_pad|> is ${config.imageTokenId}, but config.json: image_token_id is ${config.videoTokenId}`,
    );
  });

  test("refuses more tokens than embeddings", () => {
    const small = { ...config, text: { ...config.text, vocabSize: tokenizer.vocabSize - 1 } };
    expect(() => checkTokenizer(tokenizer, small)).toThrow(`vocab_size is ${tokenizer.vocabSize - 1}`);
  });
});
