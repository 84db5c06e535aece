/**
 * @module
 * The published Qwen2.5 tokenizer, put together again from the half megabyte in `fixtures/tokenizer`.
 */
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { Tokenizer } from "../model/index.ts";

const read = (name: string) => readFileSync(new URL(`../../fixtures/tokenizer/${name}`, import.meta.url));

interface Rest {
  readonly model: { readonly vocab: readonly string[] };
}

/** The tokenizer.json, byte for byte. Its vocabulary is 256 bytes and then what each merge makes, in order. */
export function qwenTokenizerText(): string {
  const rest = JSON.parse(read("rest.json").toString()) as Rest;
  const merges = brotliDecompressSync(read("merges.txt.br")).toString().split("\n");
  const vocabulary = [...rest.model.vocab, ...merges.map((merge) => merge.replace(" ", ""))];
  const entries = vocabulary.map((token, id) => `      ${JSON.stringify(token)}: ${id}`);
  const list = merges.map((merge) => `      ${JSON.stringify(merge)}`);
  const model = { ...rest.model, vocab: "VOCAB", merges: "MERGES" };
  return JSON.stringify({ ...rest, model }, null, 2)
    .replace('"VOCAB"', () => `{\n${entries.join(",\n")}\n    }`)
    .replace('"MERGES"', () => `[\n${list.join(",\n")}\n    ]`);
}

/** The tokenizer of the published Qwen2.5 and Qwen2.5-VL models. */
export function qwenTokenizer(): Tokenizer {
  const config = { eos_token: "<|im_end|>", pad_token: "<|endoftext|>", clean_up_tokenization_spaces: false };
  return new Tokenizer(JSON.parse(qwenTokenizerText()), config);
}
