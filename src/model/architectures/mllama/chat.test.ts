import { describe, expect, test } from "vitest";
import { DataError, EngineError, ModelError } from "../../../errors/index.ts";
import { type MllamaChat, mllamaDirectory, mllamaPrompts } from "../../../testing/mllama-fixtures.ts";
import { recordedImage } from "../../../testing/model-fixtures.ts";
import { promptFromMessages } from "../../chat-prompt.ts";
import type { ChatMessage } from "../../chat-template.ts";
import { directoryFiles } from "../../directory-files.ts";
import { openPromptModel, type PromptModel } from "../../prompt-model.ts";
import type { SmallFiles } from "../../small-files.ts";

const { chats } = mllamaPrompts();
const directory = directoryFiles(mllamaDirectory("mllama-grouped"));
const TOKENIZER = directory.json("tokenizer_config.json")!.content as Record<string, unknown>;

/** The directory of a checkpoint, with some of its files changed. */
function files(changed: Readonly<Record<string, unknown>> = {}): SmallFiles {
  return {
    where: "model",
    json: (name) =>
      name in changed ? { content: changed[name], where: `model/${name}` } : directory.json(name),
    text: (name) => directory.text(name),
  };
}

function promptOf(model: PromptModel, { messages, images }: Pick<MllamaChat, "messages" | "images">) {
  return promptFromMessages(
    messages as readonly ChatMessage[],
    images.map((image) => recordedImage({ ...image, kind: "image" })),
    model,
  );
}

describe("chats have transformers' ids, and the same tokens read the same tiles", () => {
  const published = openPromptModel(
    files({ "tokenizer_config.json": { ...TOKENIZER, chat_template: chats.template } }),
  );
  const own = openPromptModel(files());
  test.each(chats.cases.map((chat) => [chat.name, chat] as const))("%s", (_, chat) => {
    for (const model of [published, own]) {
      const { vision } = model.sight!;
      const prompt = promptOf(model, chat);
      const { tokens, images, readers = [] } = vision.spell(prompt);
      expect([...tokens]).toEqual(chat.ids);
      expect(images).toHaveLength(chat.images.length);
      // 2 x 2 patches and a class token
      expect(readers.map(({ from, to, realKeys }) => [from, to, realKeys / 5])).toEqual(chat.readers ?? []);
      const counted = prompt.chunks.map((chunk) =>
        chunk.kind === "text" ? chunk.tokens.length : vision.tokens(chunk),
      );
      expect(counted.reduce((sum, count) => sum + count, 0)).toBe(tokens.length);
    }
  });

  test("a system message beside an image, which the published template refuses", () => {
    const image = { width: 5, height: 5, data: new Uint8Array(75) };
    const messages: ChatMessage[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "image" }, { type: "text", text: "Why?" }] },
    ];
    const { chunks } = promptFromMessages(messages, [image], published);
    const text = chunks.map((chunk) =>
      chunk.kind === "text" ? published.tokenizer.decode(chunk.tokens) : "<|image|>",
    );
    expect(text.join("")).toBe(
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n<|image|>Why?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    );
  });

  test("discarding an image leaves the text, which nothing reads an image of", () => {
    const { vision } = own.sight!;
    const { chunks } = promptOf(own, chats.cases[0]!);
    const spelled = vision.spell({ chunks: vision.discard(chunks) });
    expect([...spelled.tokens]).toEqual(chats.cases[0]!.ids.filter((id) => id !== 271));
    expect(spelled.readers).toBeUndefined();
    expect(spelled.images).toEqual([]);
  });

  test("a video, and text with the image's id, are refused", () => {
    const { vision } = own.sight!;
    const frame = { width: 5, height: 5, data: new Uint8Array(75) };
    const video = { kind: "video", video: { frames: [frame], fps: 1 } } as const;
    expect(() => vision.spell({ chunks: [video] })).toThrow(DataError);
    expect(() => vision.spell({ chunks: [{ kind: "text", tokens: [271] }] })).toThrow(EngineError);
  });
});

describe("a directory whose parts do not fit is refused before the first step", () => {
  const config = directory.json("config.json")!.content as Record<string, unknown>;
  test.each<[what: string, changed: Record<string, unknown>, message: string]>([
    [
      "another family's processor",
      { "preprocessor_config.json": { image_processor_type: "Qwen2VLImageProcessor" } },
      'model/preprocessor_config.json: image_processor_type: expected a processor of Llama 3.2-Vision, got "Qwen2VLImageProcessor"',
    ],
    [
      "more tiles than the model has places for",
      { "preprocessor_config.json": { size: { height: 16, width: 16 }, max_image_tiles: 6 } },
      "model/preprocessor_config.json: max_image_tiles: expected 4, the model's vision_config: max_num_tiles, got 6",
    ],
    [
      "another image token",
      { "config.json": { ...config, image_token_index: 272 } },
      "tokenizer.json: <|image|> is 271, but config.json: image_token_index is 272",
    ],
    [
      "a tokenizer without the image's token",
      { "tokenizer.json": { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [] } },
      "model/tokenizer.json",
    ],
  ])("%s", (_, changed, message) => {
    expect(() => openPromptModel(files(changed))).toThrow(ModelError);
    expect(() => openPromptModel(files(changed))).toThrow(message);
  });
});
