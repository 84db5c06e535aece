/**
 * @module
 * How SmolVLM's and Idefics3's images and videos become tokens. Opens no file, so that it works in a browser.
 */
import { DataError, EngineError, ModelError } from "../../../errors/index.ts";
import type { Prompt } from "../../prompt.ts";
import type { SmallFiles } from "../../small-files.ts";
import { tokenizerOf } from "../../tokenizer-files.ts";
import {
  checkText,
  type PatchedImage,
  type SpelledPrompt,
  type TokenGrid,
  type Vision,
  type VisionChunk,
} from "../../vision.ts";
import { MODEL_TYPE, type SmolConfig } from "./config.ts";
import {
  loadFrames,
  loadTiles,
  type TileConfig,
  tilePatches,
  tilesJson,
  tokensPerTile,
} from "./image-processor.ts";
import { namedTiles, type TileTokens, tileToken, tileTokens } from "./special-tokens.ts";
import { LONGEST_SIDE, tileCount, tileLayout } from "./tile-layout.ts";
import { framePatches, imagePatches } from "./tile-patches.ts";

interface Settings {
  readonly config: SmolConfig;
  readonly image: TileConfig;
  readonly video: TileConfig;
  readonly tokens: TileTokens;
}

/**
 * The vision of a model, by the settings and the tokenizer of a directory.
 *
 * @throws ModelError when settings are wrong, do not fit the model, or ask for more tiles than the tokenizer has names for
 */
export function openVision(config: SmolConfig, files: SmallFiles): Vision {
  const tiles = loadTiles(files, config);
  const settings: Settings = {
    config,
    image: tiles,
    video: loadFrames(files, config),
    tokens: tokensOf(files, tiles),
  };
  const { mark, whole } = settings.tokens;
  const pixelTokens = [config.imageTokenId];
  return {
    pixelTokens,
    specialTokens: [...pixelTokens, mark, whole],
    framesPerPatch: 1,
    preprocessorJson: tilesJson(tiles, config),
    tokens: (chunk) => spellChunk(chunk, settings).length,
    grid: (chunk) => tokenGrid(chunk, settings),
    shownSize: (chunk) => {
      requireTaken(chunk, config);
      if (chunk.kind === "image") return tileLayout(chunk.image, settings.image).shown;
      const { tileSize } = settings.video;
      return { width: tileSize, height: tileSize };
    },
    // The tokens around an image are its own; the words around a video's frames are text, and stay.
    discard: (chunks) => chunks.filter(({ kind }) => kind === "text"),
    spell: (prompt) => spellPrompt(prompt, settings, pixelTokens),
  };
}

function tokensOf(files: SmallFiles, { tileSize, longestEdge, splits }: TileConfig): TileTokens {
  const tokenizer = tokenizerOf(files);
  const side = splits ? Math.ceil(Math.min(longestEdge, LONGEST_SIDE) / tileSize) : 0;
  const named = namedTiles(tokenizer);
  if (side > named) {
    throw new ModelError(
      `${files.where}: size: longest_edge: expected at most ${named * tileSize}, since tokenizer.json names tiles up to ${tileToken(named, named)} only, got ${longestEdge}, which is ${side} tiles of ${tileSize} pixels`,
    );
  }
  return tileTokens(tokenizer, side);
}

/** Idefics3, of whose architecture the first SmolVLM models are too, was shown images alone. */
function requireTaken({ kind }: VisionChunk, { modelType }: SmolConfig): void {
  if (kind === "video" && modelType !== MODEL_TYPE) {
    throw new DataError("video: expected images alone, got a video, which the model does not take");
  }
}

function tokenGrid(chunk: VisionChunk, { config, ...tiles }: Settings): TokenGrid {
  requireTaken(chunk, config);
  const side = tilePatches(tiles[chunk.kind], config) / config.scaleFactor;
  const grid = { rows: side, columns: side };
  if (chunk.kind === "image") {
    const { rows, columns } = tileLayout(chunk.image, tiles.image);
    const frames = tileCount({ rows, columns });
    return frames === 1 ? { frames, ...grid } : { frames, ...grid, tiles: { rows, columns } };
  }
  return { frames: chunk.video.frames.length, ...grid, secondsPerFrame: 1 / chunk.video.fps };
}

/** The ids of an image or of a video's frames, image pads among them. */
function spellChunk(chunk: VisionChunk, { config, image, video, tokens }: Settings): number[] {
  requireTaken(chunk, config);
  const { mark, whole, places, endOfRow, endOfTiles } = tokens;
  const pixels = (tiles: TileConfig) =>
    new Array<number>(tokensPerTile(tiles, config)).fill(config.imageTokenId);
  if (chunk.kind === "video") {
    if (chunk.video.frames.length === 0) throw new DataError("video: expected at least one frame, got none");
    return chunk.video.frames.flatMap(() => [mark, whole, ...pixels(video), mark]);
  }
  const { rows, columns } = tileLayout(chunk.image, image);
  const spelled: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      spelled.push(mark, places[row]![column]!, ...pixels(image));
    spelled.push(...(row === rows - 1 ? endOfTiles : endOfRow));
  }
  spelled.push(mark, whole, ...pixels(image), mark);
  return spelled;
}

function cutChunk(chunk: VisionChunk, { config, image, video }: Settings): PatchedImage {
  return chunk.kind === "image"
    ? imagePatches(chunk.image, image, config)
    : framePatches(chunk.video.frames, video, config);
}

function spellPrompt(prompt: Prompt, settings: Settings, pixelTokens: readonly number[]): SpelledPrompt {
  const { imageTokenId, text } = settings.config;
  const tokens: number[] = [];
  const imageIndex: number[] = [];
  const images: PatchedImage[] = [];
  for (const [i, chunk] of prompt.chunks.entries()) {
    if (chunk.kind === "text") {
      checkText(chunk.tokens, text.vocabSize, { pixelTokens }, `chunk ${i}`);
      for (const token of chunk.tokens) {
        tokens.push(token);
        imageIndex.push(-1);
      }
      continue;
    }
    for (const token of spellChunk(chunk, settings)) {
      tokens.push(token);
      imageIndex.push(token === imageTokenId ? images.length : -1);
    }
    images.push(cutChunk(chunk, settings));
  }
  if (tokens.length === 0) throw new EngineError("prompt: expected at least one token, got none");
  return {
    tokens: Int32Array.from(tokens),
    imageIndex: Int32Array.from(imageIndex),
    positions: { components: [Int32Array.from(tokens.keys())], next: tokens.length },
    images,
  };
}
