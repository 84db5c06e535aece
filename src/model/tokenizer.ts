/**
 * @module
 * The tokenizer of a model directory: byte-level BPE from tokenizer.json. Special tokens are kept separate from text,
 * so that a user's text can never open a turn or become an image token.
 */
import { Tokenizer as BytePairTokenizer } from "@huggingface/tokenizers";
import { ModelError } from "../errors/index.ts";
import { bytesOfToken } from "./byte-characters.ts";
import { Fields } from "./json-fields.ts";

export interface EncodeOptions {
  /** True, the default, reads special tokens in the text as such; false takes them for plain text. */
  readonly special?: boolean;
}

export interface DecodeOptions {
  /** True leaves special tokens out; false, the default, writes them. */
  readonly skipSpecial?: boolean;
}

/** The used part of the tokenizers package, whose own declarations do not resolve under node's module rules. */
interface BytePairs {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: number[] };
  decode(
    ids: readonly number[],
    options: { readonly skip_special_tokens: boolean; readonly clean_up_tokenization_spaces: boolean },
  ): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_vocab(withAdded: boolean): ReadonlyMap<string, number>;
}

function bytePairs(json: object, config: object): BytePairs {
  return new BytePairTokenizer(json, config);
}

/** Text to token ids and back. */
export class Tokenizer {
  /** One more than the highest id. The model's own vocabulary may be larger, padded with ids without a token. */
  readonly vocabSize: number;
  /** The token that ends a turn, when the directory names one. */
  readonly eosToken: string | undefined;
  /** The token that pads a batch, when the directory names one. */
  readonly padToken: string | undefined;
  /** Contents of the special tokens. */
  readonly specialTokens: readonly string[];
  /** Contents of tokens beside the vocabulary, special or not, which are written as they are. */
  readonly #added: ReadonlySet<string>;
  readonly #full: BytePairs;
  readonly #plainJson: object;
  readonly #config: object;
  #plain: BytePairs | undefined;
  readonly #where: string;

  /**
   * @param json the parsed tokenizer.json
   * @param config the parsed tokenizer_config.json
   * @param where path of the tokenizer.json, for messages
   * @throws ModelError when it is not a byte-level BPE tokenizer
   */
  constructor(json: unknown, config: unknown, where = "tokenizer.json") {
    const fields = new Fields(json, where);
    const model = fields.object("model");
    if (model.text("type") !== "BPE") throw model.error("type", '"BPE"');
    const added = fields.json["added_tokens"];
    if (!Array.isArray(added)) throw fields.error("added_tokens", "an array");
    const special = added.filter((token: unknown) => new Fields(token, where).boolean("special", false));
    const settings = new Fields(config, `${where}: tokenizer_config.json`);
    this.#config = settings.json;
    this.#where = where;
    this.#plainJson = { ...fields.json, added_tokens: added.filter((token) => !special.includes(token)) };
    try {
      this.#full = bytePairs(fields.json, this.#config);
    } catch (cause) {
      throw new ModelError(`${where}: not a tokenizer: ${(cause as Error).message}`, { cause });
    }
    this.#added = new Set(added.map((token) => new Fields(token, where).text("content")));
    this.specialTokens = special.map((token) => new Fields(token, where).text("content"));
    this.eosToken = tokenText(settings, "eos_token");
    this.padToken = tokenText(settings, "pad_token");
    let highest = -1;
    for (const id of this.#full.get_vocab(true).values()) highest = Math.max(highest, id);
    this.vocabSize = highest + 1;
  }

  /** Token ids of a text; nothing is put before or after it. */
  encode(text: string, { special = true }: EncodeOptions = {}): number[] {
    if (special) return this.#full.encode(text, { add_special_tokens: false }).ids;
    // A second tokenizer without special tokens; made when first needed, because a large vocabulary takes a while.
    this.#plain ??= bytePairs(this.#plainJson, {
      ...this.#config,
      additional_special_tokens: [],
    });
    return this.#plain.encode(text, { add_special_tokens: false }).ids;
  }

  /** The text of token ids; ids without a token give none, and broken UTF-8 gives U+FFFD. */
  decode(ids: ArrayLike<number>, { skipSpecial = false }: DecodeOptions = {}): string {
    const known = Array.from(ids).filter((id) => this.#full.id_to_token(id) !== undefined);
    if (known.length === 0) return "";
    return this.#full.decode(known, {
      skip_special_tokens: skipSpecial,
      clean_up_tokenization_spaces: false,
    });
  }

  /** The bytes that a token adds to a text; undefined for special tokens, which add none, and ids without a token. */
  bytes(id: number): Uint8Array | undefined {
    const token = this.#full.id_to_token(id);
    if (token === undefined || this.specialTokens.includes(token)) return undefined;
    return this.#added.has(token) ? new TextEncoder().encode(token) : bytesOfToken(token);
  }

  /** Id of a token given by its content. */
  tokenId(token: string): number | undefined {
    return this.#full.token_to_id(token);
  }

  /**
   * Id of a token that must be there.
   *
   * @throws ModelError when it is not
   */
  requireTokenId(token: string): number {
    const id = this.tokenId(token);
    if (id === undefined) throw new ModelError(`${this.#where}: no token ${token}`);
    return id;
  }
}

/** Special tokens in tokenizer_config.json are strings or objects with a content. */
export function tokenText(fields: Fields, name: string): string | undefined {
  if (!fields.has(name)) return undefined;
  return typeof fields.json[name] === "string" ? fields.text(name) : fields.object(name).text("content");
}

/**
 * Makes sure that every token has an embedding.
 *
 * @throws ModelError when the tokenizer has more tokens than the model
 */
export function checkVocabulary(tokenizer: Tokenizer, vocabSize: number, where: string): void {
  if (tokenizer.vocabSize > vocabSize) {
    throw new ModelError(
      `${where}: tokenizer.json: ${tokenizer.vocabSize} tokens, but config.json: vocab_size is ${vocabSize}`,
    );
  }
}
