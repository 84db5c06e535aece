/**
 * @module
 * The special tokens around tiles. Each tile's tokens follow a mark and the name of its place.
 */
import { ModelError } from "../../../errors/index.ts";
import type { Tokenizer } from "../../tokenizer.ts";
import type { SmolConfig } from "./config.ts";

export const IMAGE_TOKENS = {
  /** Before each tile, and after the last. */
  mark: "<fake_token_around_image>",
  /** Placeholder of a tile's pixels, once for each token of the tile. */
  image: "<image>",
  /** Names the whole image, made small. */
  whole: "<global-img>",
} as const;

/** Placeholder of a video in a rendered conversation; not a token. */
export const VIDEO_PLACEHOLDER = "<video>";

/** Names a tile by its place, counted from 1. */
export function tileToken(row: number, column: number): string {
  return `<row_${row}_col_${column}>`;
}

/** Ids around tiles. */
export interface TileTokens {
  readonly mark: number;
  readonly whole: number;
  /** `[rows][columns]` names of places. */
  readonly places: readonly (readonly number[])[];
  /** After each row of tiles but the last; and after the last, before the whole image. */
  readonly endOfRow: readonly number[];
  readonly endOfTiles: readonly number[];
}

/**
 * Makes sure that tokenizer and model mean the same image token, and that the others are there.
 *
 * @throws ModelError naming the token that is missing or differs
 */
export function checkImageTokens(tokenizer: Tokenizer, { imageTokenId }: SmolConfig): void {
  const got = tokenizer.requireTokenId(IMAGE_TOKENS.image);
  if (got !== imageTokenId)
    throw new ModelError(
      `tokenizer.json: ${IMAGE_TOKENS.image} is ${got}, but config.json: image_token_id is ${imageTokenId}`,
    );
  tokenizer.requireTokenId(IMAGE_TOKENS.mark);
  tokenizer.requireTokenId(IMAGE_TOKENS.whole);
}

/**
 * The ids of a tokenizer.
 *
 * @param side most tiles in a row or column that the processor makes
 * @throws ModelError naming a token that is missing
 */
export function tileTokens(tokenizer: Tokenizer, side: number): TileTokens {
  const places = Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => tokenizer.requireTokenId(tileToken(row + 1, column + 1))),
  );
  return {
    mark: tokenizer.requireTokenId(IMAGE_TOKENS.mark),
    whole: tokenizer.requireTokenId(IMAGE_TOKENS.whole),
    places,
    endOfRow: tokenizer.encode("\n"),
    endOfTiles: tokenizer.encode("\n\n"),
  };
}

/** Most tiles in a row or column that the tokenizer has names for. */
export function namedTiles(tokenizer: Tokenizer): number {
  let side = 0;
  while (tokenizer.tokenId(tileToken(side + 1, side + 1)) !== undefined) side++;
  return side;
}
