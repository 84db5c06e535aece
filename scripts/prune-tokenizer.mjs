/**
 * Cuts a byte-level BPE tokenizer (Qwen2.5's) down to the vocabulary that a list of sentences needs.
 *
 *     node scripts/prune-tokenizer.mjs <tokenizer.json> <sentences.json> <out directory>
 *
 * Kept: the 256 byte tokens, so that every text still has an encoding; every merge that the full tokenizer
 * applies to any of the sentences; and the special tokens named below. Ids are dense and in the order of the
 * original ids. A BPE step applies the lowest-ranked merge at hand; all merges of the full tokenizer's path are
 * kept, and what is dropped never was the lowest, so each sentence encodes to the same token strings as before.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";

const SPECIAL = [
  "<|endoftext|>",
  "<|im_start|>",
  "<|im_end|>",
  "<|vision_start|>",
  "<|vision_end|>",
  "<|vision_pad|>",
  "<|image_pad|>",
  "<|video_pad|>",
];

/**
 * The merges that BPE applies to one word, lowest rank first at each step.
 *
 * @param {string} word in byte-level characters
 * @param {ReadonlyMap<string, number>} ranks of "left right"
 * @returns {{ tokens: string[], used: number[] }} the tokens and the ranks applied
 */
function bytePairs(word, ranks) {
  let tokens = Array.from(word);
  /** @type {number[]} */
  const used = [];
  for (;;) {
    let best = Infinity;
    for (let i = 0; i + 1 < tokens.length; i++) {
      best = Math.min(best, ranks.get(`${tokens[i]} ${tokens[i + 1]}`) ?? Infinity);
    }
    if (best === Infinity) return { tokens, used };
    used.push(best);
    /** @type {string[]} */
    const joined = [];
    for (let i = 0; i < tokens.length; i++) {
      if (i + 1 < tokens.length && ranks.get(`${tokens[i]} ${tokens[i + 1]}`) === best) {
        joined.push(tokens[i] + tokens[i + 1]);
        i++;
      } else joined.push(tokens[i]);
    }
    tokens = joined;
  }
}

const [source, sentencesPath, out] = process.argv.slice(2);
if (source === undefined || sentencesPath === undefined || out === undefined) {
  console.error("usage: node scripts/prune-tokenizer.mjs <tokenizer.json> <sentences.json> <out directory>");
  process.exit(2);
}
const full = JSON.parse(readFileSync(source, "utf8"));
/** @type {string[]} */
const sentences = JSON.parse(readFileSync(sentencesPath, "utf8"));

/** @type {[string, number][]} */
const ranked = full.model.merges.map((merge, rank) => [
  typeof merge === "string" ? merge : merge.join(" "),
  rank,
]);
const ranks = new Map(ranked);
const fullTokenizer = new Tokenizer(full, { tokenizer_class: "Qwen2Tokenizer" });
/** @type {Set<number>} */
const keptRanks = new Set();
for (const sentence of sentences) {
  for (const word of fullTokenizer.pre_tokenizer.pre_tokenize(sentence.normalize("NFC"))) {
    for (const rank of bytePairs(word, ranks).used) keptRanks.add(rank);
  }
}

const merges = [...keptRanks].sort((a, b) => a - b).map((rank) => ranked[rank][0]);
const keptTokens = new Set(merges.map((merge) => merge.replace(" ", "")));
const byId = Object.entries(full.model.vocab).sort((a, b) => a[1] - b[1]);
const vocabulary = byId.map(([token]) => token).filter((token, id) => id < 256 || keptTokens.has(token));
const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
const added = SPECIAL.map((content, i) => {
  const original = full.added_tokens.find((token) => token.content === content);
  if (original === undefined) throw new Error(`${source}: no special token ${content}`);
  return { ...original, id: vocabulary.length + i };
});
const pruned = { ...full, added_tokens: added, model: { ...full.model, vocab, merges } };

const prunedTokenizer = new Tokenizer(pruned, { tokenizer_class: "Qwen2Tokenizer" });
for (const sentence of sentences) {
  const before = fullTokenizer.tokenize(sentence);
  const after = prunedTokenizer.tokenize(sentence);
  if (before.join("\n") !== after.join("\n")) {
    throw new Error(
      `${JSON.stringify(sentence)}: encodes to ${after.join(" ")}, expected ${before.join(" ")}`,
    );
  }
}

const config = {
  add_bos_token: false,
  add_prefix_space: false,
  added_tokens_decoder: Object.fromEntries(added.map(({ id, ...token }) => [id, token])),
  additional_special_tokens: SPECIAL.filter((token) => token !== "<|endoftext|>"),
  bos_token: null,
  clean_up_tokenization_spaces: false,
  eos_token: "<|im_end|>",
  errors: "replace",
  model_max_length: 32768,
  pad_token: "<|endoftext|>",
  split_special_tokens: false,
  tokenizer_class: "Qwen2Tokenizer",
  unk_token: null,
};
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "tokenizer.json"), `${JSON.stringify(pruned, null, 1)}\n`);
writeFileSync(join(out, "tokenizer_config.json"), `${JSON.stringify(config, null, 2)}\n`);
console.log(`${vocabulary.length} tokens, ${merges.length} merges, ${added.length} special tokens`);
