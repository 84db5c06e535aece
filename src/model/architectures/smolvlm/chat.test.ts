import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { recordedImage } from "../../../testing/model-fixtures.ts";
import { type SmolChat, smolPrompts, smolTokenizerJson } from "../../../testing/smolvlm-fixtures.ts";
import { recordedVideo } from "../../../testing/vision-fixtures.ts";
import { promptFromMessages } from "../../chat-prompt.ts";
import type { ChatMessage } from "../../chat-template.ts";
import { openPromptModel, type PromptModel } from "../../prompt-model.ts";
import type { SmallFiles } from "../../small-files.ts";

const { chats } = smolPrompts();
const { tile, longest, patch, scale } = chats.settings;

/** A directory of a model that the recorded chats are for, with some of its files changed. */
function files(changed: Readonly<Record<string, unknown>> = {}): SmallFiles {
  const all: Record<string, unknown> = {
    "config.json": {
      model_type: "smolvlm",
      image_token_id: imageToken(),
      scale_factor: scale,
      text_config: { model_type: "llama", vocab_size: 400, hidden_size: 32, num_attention_heads: 4 },
      vision_config: { hidden_size: 16, num_attention_heads: 2, image_size: tile, patch_size: patch },
    },
    "tokenizer.json": smolTokenizerJson(),
    "tokenizer_config.json": { eos_token: "<end_of_utterance>", chat_template: chats.template },
    "preprocessor_config.json": {
      image_processor_type: "SmolVLMImageProcessor",
      size: { longest_edge: longest },
      max_image_size: { longest_edge: tile },
    },
    "video_preprocessor_config.json": {
      video_processor_type: "SmolVLMVideoProcessor",
      size: { longest_edge: tile },
      max_image_size: { longest_edge: tile },
    },
    ...changed,
  };
  return {
    where: "model",
    json: (name) => (all[name] === undefined ? undefined : { content: all[name], where: `model/${name}` }),
    text: () => undefined,
  };
}

function imageToken(): number {
  const { added_tokens: added } = smolTokenizerJson() as { added_tokens: { id: number; content: string }[] };
  return added.find(({ content }) => content === "<image>")!.id;
}

function promptOf(
  model: PromptModel,
  { messages, images, videos }: Pick<SmolChat, "messages" | "images" | "videos">,
) {
  return promptFromMessages(
    messages as readonly ChatMessage[],
    images.map((image) => recordedImage({ ...image, kind: "image" })),
    model,
    { videos: videos.map((video) => recordedVideo({ ...video, kind: "video" })) },
  );
}

describe("chats have transformers' ids", () => {
  const model = openPromptModel(files());
  test.each(chats.cases.map((chat) => [chat.name, chat] as const))("%s", (_, chat) => {
    const { vision } = model.sight!;
    const prompt = promptOf(model, chat);
    const { tokens, images } = vision.spell(prompt);
    expect([...tokens]).toEqual(chat.ids);
    expect(images.reduce((tiles, { grid }) => tiles + grid[0], 0)).toBe(chat.tiles ?? 0);
    const counted = prompt.chunks.map((chunk) =>
      chunk.kind === "text" ? chunk.tokens.length : vision.tokens(chunk),
    );
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(tokens.length);
    if (chat.frames === undefined) return;
    const hash = createHash("sha256");
    for (const { patches } of images) hash.update(new Uint8Array(patches.buffer));
    expect(hash.digest("hex")).toBe(chat.frames);
  });

  test("with Fovea's own template too", () => {
    const own = openPromptModel(files({ "tokenizer_config.json": { eos_token: "<end_of_utterance>" } }));
    for (const chat of chats.cases) {
      expect([...own.sight!.vision.spell(promptOf(own, chat)).tokens]).toEqual(chat.ids);
    }
  });
});

describe("nothing that a message says is lost", () => {
  const model = openPromptModel(files());
  const text = (messages: readonly ChatMessage[]) => {
    const { chunks } = promptFromMessages(messages, [], model);
    return chunks
      .map((chunk) => (chunk.kind === "text" ? model.tokenizer.decode(chunk.tokens) : ""))
      .join("");
  };

  test("a message that is a text, which the published template leaves out", () => {
    const messages: ChatMessage[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Why?" },
    ];
    expect(text(messages)).toBe(
      "<|im_start|>System: Be brief.<end_of_utterance>\nUser: Why?<end_of_utterance>\nAssistant:",
    );
  });

  test("a template that has no place for it is refused", () => {
    const template = "{% for message in messages %}{{ message.role }}{% endfor %}";
    const mute = {
      ...model,
      template: new (model.template.constructor as typeof import("../../chat-template.ts").ChatTemplate)(
        template,
      ),
      ownTemplate: undefined,
    };
    expect(() => promptFromMessages([{ role: "user", content: "Why?" }], [], mute)).toThrow(
      "chat template: leaves out what a message says",
    );
  });
});

describe("a directory whose parts do not fit is refused before the first step", () => {
  const refused = (changed: Record<string, unknown>) => () => openPromptModel(files(changed));

  test.each<[what: string, changed: Record<string, unknown>, message: string]>([
    [
      "another family's processor",
      { "preprocessor_config.json": { image_processor_type: "Qwen2VLImageProcessor" } },
      'model/preprocessor_config.json: image_processor_type: expected a processor of SmolVLM or Idefics3, got "Qwen2VLImageProcessor"',
    ],
    [
      "more tiles than the tokenizer has names for",
      {
        "preprocessor_config.json": { size: { longest_edge: 2048 }, max_image_size: { longest_edge: tile } },
      },
      "model: size: longest_edge: expected at most 128, since tokenizer.json names tiles up to <row_4_col_4> only, got 2048, which is 64 tiles of 32 pixels",
    ],
    [
      "tiles that cannot be joined to tokens",
      { "preprocessor_config.json": { size: { longest_edge: 80 }, max_image_size: { longest_edge: 40 } } },
      "max_image_size: expected tiles whose patches per side are a multiple of scale_factor (2), got 40 pixels, which are 5 patches of 8",
    ],
    [
      "another number of tokens a tile",
      { "processor_config.json": { image_seq_len: 64 } },
      "model/processor_config.json: image_seq_len: expected 4, the tokens that the model makes of a tile, got 64",
    ],
    [
      "a tokenizer without the image's tokens",
      { "tokenizer.json": { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [] } },
      "model/tokenizer.json",
    ],
  ])("%s", (_, changed, message) => {
    expect(refused(changed)).toThrow(ModelError);
    expect(refused(changed)).toThrow(message);
  });
});
