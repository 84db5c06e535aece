import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DataError } from "../../../errors/index.ts";
import { recordedImage } from "../../../testing/model-fixtures.ts";
import {
  publishedDirectory,
  QWEN_FAMILIES,
  type QwenChat,
  qwenPrompts,
} from "../../../testing/qwen-fixtures.ts";
import { qwenTokenizer } from "../../../testing/qwen-tokenizer.ts";
import { recordedVideo } from "../../../testing/vision-fixtures.ts";
import { promptFromMessages } from "../../chat-prompt.ts";
import { ChatTemplate } from "../../chat-template.ts";
import { readConfig } from "../../directory.ts";
import type { SmallFiles } from "../../small-files.ts";
import type { Vision } from "../../vision.ts";
import { architectureOf } from "../index.ts";

const tokenizer = qwenTokenizer();

/** A directory with these files alone. */
function filesOf(jsons: Readonly<Record<string, unknown>>): SmallFiles {
  return {
    where: "here",
    json: (name) => (name in jsons ? { content: jsons[name], where: `here/${name}` } : undefined),
    text: () => undefined,
  };
}

/** The vision of a published model with these settings for images and for videos. */
function visionWith(family: string, settings: Readonly<Record<string, unknown>>): Vision {
  const files = filesOf({ "preprocessor_config.json": settings, "video_preprocessor_config.json": settings });
  return architectureOf({ modelType: family }).promptSide.openVision(
    readConfig(publishedDirectory(family)),
    files,
  );
}

function sha256(patches: Float32Array): string {
  const bytes = new Uint8Array(patches.buffer, patches.byteOffset, patches.byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}

describe.each(QWEN_FAMILIES)("the processor of %s", (family) => {
  const { images, videos, sizes, chats } = qwenPrompts(family);
  const { promptSide } = architectureOf({ modelType: family });

  test.each(images)("cuts an image of $width x $height bitwise as transformers does", (recorded) => {
    const vision = visionWith(family, recorded.settings);
    const chunk = { kind: "image", image: recordedImage({ ...recorded, kind: "image" }) } as const;
    const { images: cut, tokens } = vision.spell({ chunks: [chunk] });
    expect(cut[0]!.grid).toEqual(recorded.grid);
    expect(sha256(cut[0]!.patches)).toBe(recorded.sha256);
    expect(vision.tokens(chunk)).toBe(tokens.length);
  });

  test.each(videos)("cuts a video of $frames frames bitwise as transformers does", (recorded) => {
    const vision = visionWith(family, recorded.settings);
    const chunk = { kind: "video", video: recordedVideo({ ...recorded, kind: "video" }) } as const;
    const { images: cut, tokens } = vision.spell({ chunks: [chunk] });
    expect(cut[0]!.grid).toEqual(recorded.grid);
    expect(sha256(cut[0]!.patches)).toBe(recorded.sha256);
    expect(vision.tokens(chunk)).toBe(tokens.length);
  });

  test(`shows ${sizes.length} videos at transformers' sizes, and rejects the videos that it rejects`, () => {
    for (const { settings, width, height, frames, shown } of sizes) {
      const frame = { width, height, data: new Uint8Array() };
      const chunk = { kind: "video", video: { frames: new Array(frames).fill(frame), fps: 1 } } as const;
      const size = () => visionWith(family, settings).shownSize(chunk);
      if (shown === null) expect(size).toThrow(DataError);
      else expect(size(), `${width} x ${height} x ${frames}`).toEqual({ width: shown[0], height: shown[1] });
    }
  });

  const templates = [
    ["the published template", readFileSync(`${publishedDirectory(family)}/chat_template.jinja`, "utf8")],
    ["the architecture's own template", promptSide.chatTemplate],
  ] as const;

  describe.each(templates)("with %s", (_, source) => {
    test.each(chats)("spells out '$name' as transformers does, numbered: $numbered", (chat) => {
      const ids = idsOf(chat, source);
      expect(ids.tokens).toEqual(chat.ids);
      expect(ids.counted).toBe(chat.ids.length);
    });
  });

  function idsOf({ messages, images: stills, videos: clips, numbered }: QwenChat, source: string) {
    const side = 2 * (qwenPrompts(family).images[0]!.settings["patch_size"] as number);
    const size = { shortest_edge: side * side, longest_edge: 4096 * side * side };
    const vision = visionWith(family, { ...images[0]!.settings, size });
    const format = {
      tokenizer,
      template: new ChatTemplate(source),
      placeholders: promptSide.placeholders,
      videoWords: promptSide.videoWords,
    };
    const prompt = promptFromMessages(
      messages,
      stills.map((still) => recordedImage({ ...still, kind: "image" })),
      format,
      { videos: clips.map((clip) => recordedVideo({ ...clip, kind: "video" })), addVisionId: numbered },
    );
    const counts = prompt.chunks.map((chunk) =>
      chunk.kind === "text" ? chunk.tokens.length : vision.tokens(chunk),
    );
    const counted = counts.reduce((sum, count) => sum + count, 0);
    return { tokens: [...vision.spell(prompt).tokens], counted };
  }
});
