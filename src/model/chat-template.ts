/**
 * @module
 * Conversations as one string, by the Jinja template that a model directory carries.
 */
import { Template } from "@huggingface/jinja";
import { ModelError } from "../errors/index.ts";
import { Fields } from "./json-fields.ts";
import { JOINT_PROCESSOR, type SmallFiles } from "./small-files.ts";
import { tokenText } from "./tokenizer.ts";

/** Ends of lines, all of which Jinja takes for a line feed; the library of this file knows line feeds alone. */
const LINE_END = /\r\n?/g;

/** Tokens that templates call by name, as transformers gives them. */
const NAMED_TOKENS = ["bos_token", "eos_token", "pad_token", "unk_token"] as const;

/** Texts of the tokens that a tokenizer names. */
export type NamedTokens = Readonly<Partial<Record<(typeof NAMED_TOKENS)[number], string>>>;

/** One part of a message: some text, or the place of an image or a video. */
export type ContentPart =
  | { readonly type: "image" }
  | { readonly type: "video" }
  | { readonly type: "text"; readonly text: string };

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly ContentPart[];
}

export interface RenderOptions {
  /** True, the default, ends with the opening of the assistant's turn. */
  readonly addGenerationPrompt?: boolean;
  /** True numbers images and videos: "Picture 1: " and "Video 1: " before each; false is the default. */
  readonly addVisionId?: boolean;
}

/** A parsed chat template. */
export class ChatTemplate {
  /** The template's own text. */
  readonly source: string;
  readonly #template: Template;
  readonly #where: string;
  readonly #tokens: NamedTokens;

  /**
   * @param where path of the template, for messages
   * @param tokens that the template may call by name
   * @throws ModelError when the template cannot be parsed
   */
  constructor(source: string, where = "chat template", tokens: NamedTokens = {}) {
    this.source = source;
    this.#tokens = tokens;
    this.#where = where;
    try {
      this.#template = new Template(source.replaceAll(LINE_END, "\n"));
    } catch (cause) {
      throw new ModelError(`${where}: not a Jinja template: ${(cause as Error).message}`, { cause });
    }
  }

  /**
   * The conversation as text.
   *
   * @throws ModelError when the template fails on these messages
   */
  render(messages: readonly ChatMessage[], options: RenderOptions = {}): string {
    const { addGenerationPrompt = true, addVisionId = false } = options;
    try {
      return this.#template.render({
        ...this.#tokens,
        messages,
        add_generation_prompt: addGenerationPrompt,
        add_vision_id: addVisionId,
      });
    } catch (cause) {
      throw new ModelError(`${this.#where}: cannot be rendered: ${(cause as Error).message}`, { cause });
    }
  }
}

/**
 * The template of a directory: the one within processor_config.json, which transformers takes first, else
 * chat_template.jinja, else chat_template.json, else the one within tokenizer_config.json.
 *
 * @param fallback source of the template of a directory that brings none
 * @throws ModelError when it cannot be parsed, or there is none and no fallback
 */
export function chatTemplateOf(files: SmallFiles, fallback: string | undefined): ChatTemplate {
  const tokens = namedTokens(files);
  const within = (name: string): ChatTemplate | undefined => {
    const file = files.json(name);
    if (file === undefined) return undefined;
    const fields = new Fields(file.content, file.where);
    return fields.has("chat_template") ? new ChatTemplate(sourceOf(fields), file.where, tokens) : undefined;
  };
  const alone = (): ChatTemplate | undefined => {
    const file = files.text("chat_template.jinja");
    return file && new ChatTemplate(file.content, file.where, tokens);
  };
  const found =
    within(JOINT_PROCESSOR) ?? alone() ?? within("chat_template.json") ?? within("tokenizer_config.json");
  if (found !== undefined) return found;
  if (fallback === undefined) {
    throw new ModelError(
      `${files.where}: no chat template: expected chat_template.jinja, or chat_template in tokenizer_config.json`,
    );
  }
  return new ChatTemplate(fallback);
}

/**
 * The text of a file's `chat_template`. Where the file lists several under names, as transformers writes them beside templates
 * for tools, it is the one of the name "default".
 */
function sourceOf(fields: Fields): string {
  const named = fields.json["chat_template"];
  if (!Array.isArray(named)) return fields.text("chat_template");
  const where = `${fields.where}: chat_template`;
  const all = named.map((one) => new Fields(one, where));
  const found = all.find((one) => one.text("name") === "default");
  if (found !== undefined) return found.text("template");
  throw fields.error("chat_template", 'a template, or a list of templates with one of the name "default"');
}

function namedTokens(files: SmallFiles): NamedTokens {
  const file = files.json("tokenizer_config.json");
  if (file === undefined) return {};
  const fields = new Fields(file.content, file.where);
  const named = NAMED_TOKENS.map((name) => [name, tokenText(fields, name)] as const);
  return Object.fromEntries(named.filter(([, text]) => text !== undefined));
}
