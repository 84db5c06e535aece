/**
 * @module
 * How Llama 3.2-Vision's images reach a prompt: one token marks an image's place, and later tokens read the image's
 * tiles by cross-attention. Opens no file, so that it works in a browser.
 */
import { DataError, EngineError } from "../../../errors/index.ts";
import type { RgbImage } from "../../image/rgb-image.ts";
import type { Prompt } from "../../prompt.ts";
import type { SmallFiles } from "../../small-files.ts";
import {
  checkText,
  type ImageReaders,
  type PatchedImage,
  type SpelledPrompt,
  type TokenGrid,
  type Vision,
  type VisionChunk,
} from "../../vision.ts";
import { type MllamaConfig, tokensPerTile } from "./config.ts";
import { loadTiles, type TileConfig, tilesJson } from "./image-processor.ts";
import { tileLayout } from "./tile-canvas.ts";
import { imagePatches } from "./tile-patches.ts";

/**
 * The vision of a model, by the settings of a directory.
 *
 * @throws ModelError when settings are wrong or do not fit the model
 */
export function openVision(config: MllamaConfig, files: SmallFiles): Vision {
  const tiles = loadTiles(files, config);
  const pixelTokens = [config.imageTokenId];
  return {
    pixelTokens,
    specialTokens: pixelTokens,
    framesPerPatch: 1,
    preprocessorJson: tilesJson(tiles),
    tokens: (chunk) => oneToken(chunk).rows,
    grid: oneToken,
    shownSize: (chunk) => tileLayout(still(chunk), tiles).shown,
    discard: (chunks) => chunks.filter(({ kind }) => kind === "text"),
    spell: (prompt) => spellPrompt(prompt, config, tiles, pixelTokens),
  };
}

/** An image is one token of a prompt. */
function oneToken(chunk: VisionChunk): TokenGrid {
  still(chunk);
  return { frames: 1, rows: 1, columns: 1 };
}

function still(chunk: VisionChunk): RgbImage {
  if (chunk.kind === "image") return chunk.image;
  throw new DataError("video: expected images alone, got a video, which the model does not take");
}

function spellPrompt(
  prompt: Prompt,
  config: MllamaConfig,
  tiles: TileConfig,
  pixelTokens: readonly number[],
): SpelledPrompt {
  const tokens: number[] = [];
  const places: number[] = [];
  const images: PatchedImage[] = [];
  const held: number[] = [];
  for (const [i, chunk] of prompt.chunks.entries()) {
    if (chunk.kind === "text") {
      checkText(chunk.tokens, config.text.vocabSize, { pixelTokens }, `chunk ${i}`);
      for (const token of chunk.tokens) tokens.push(token);
      continue;
    }
    const image = still(chunk);
    const [rows, columns] = tileLayout(image, tiles).canvas;
    held.push(rows * columns);
    places.push(tokens.push(config.imageTokenId) - 1);
    images.push(imagePatches(image, tiles, config));
  }
  if (tokens.length === 0) throw new EngineError("prompt: expected at least one token, got none");
  const perTile = tokensPerTile(config.vision);
  const readers = readerSpans(places, tokens.length).map(
    ([from, to], i): ImageReaders => ({
      from,
      to,
      keys: config.vision.maxTiles * perTile,
      realKeys: held[i]! * perTile,
    }),
  );
  return {
    tokens: Int32Array.from(tokens),
    imageIndex: new Int32Array(tokens.length).fill(-1),
    positions: { components: [Int32Array.from(tokens.keys())], next: tokens.length },
    images,
    ...(readers.length > 0 && { readers }),
  };
}

/**
 * Which tokens read each image: its own and those after it, up to the next image. Images side by side are read together.
 *
 * @param places of images' tokens in a prompt of `length` tokens
 */
function readerSpans(places: readonly number[], length: number): (readonly [from: number, to: number])[] {
  const ends = places.map((_, i) => places[i + 1] ?? length);
  for (let i = places.length - 2; i >= 0; i--) if (places[i]! + 1 === ends[i]) ends[i] = ends[i + 1]!;
  return places.map((place, i) => [place, ends[i]!]);
}
