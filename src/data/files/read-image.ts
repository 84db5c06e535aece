/**
 * @module
 * From what a row says of an image to its pixels.
 */
import { DataError } from "../../errors/index.ts";
import { type DecodeImageOptions, decodeImage, type RgbImage, smartResize } from "../../model/index.ts";
import type { ImageDownloads } from "./fetch-image.ts";
import type { ImageReference } from "./image-reference.ts";
import { shownMedium } from "./media-path.ts";
import type { MediaStore } from "./media-store.ts";
import type { FilesOptions } from "./options.ts";

/** Where media are and how they are read. */
export interface MediaOptions {
  /** Where paths lead to. */
  readonly store: MediaStore;
  /** For images that are named by URL; such a row is broken without it. */
  readonly downloads?: ImageDownloads | undefined;
  readonly options: Pick<FilesOptions, "alpha" | "maxImagePixels" | "video">;
}

/** An image that a row has itself. */
export type OwnImage = Exclude<ImageReference, { readonly kind: "row" }>;

/**
 * Decodes one image.
 *
 * @throws DataError when it cannot be read, has too many pixels, or is longer than 200 times its width
 */
export async function readImage(reference: OwnImage, media: MediaOptions): Promise<RgbImage> {
  const { alpha, maxImagePixels: maxPixels } = media.options;
  const image = await decodeReference(reference, media, { maxPixels, alpha });
  checkShape(image);
  return image;
}

async function decodeReference(
  reference: OwnImage,
  { store, downloads }: MediaOptions,
  options: DecodeImageOptions,
): Promise<RgbImage> {
  switch (reference.kind) {
    case "bytes":
      if (reference.bytes.length === 0) throw new DataError("image: is empty");
      return decodeImage(reference.bytes, options);
    case "path":
      return decodeNamed(reference.path, store, options);
    case "url": {
      const where = shownMedium("image", reference.url);
      if (downloads === undefined)
        throw new DataError(`${where}: is a URL: data.fetchImages: true downloads it, or give a file`);
      return decodeImage(await downloads.image(reference.url), { ...options, where });
    }
  }
}

async function decodeNamed(named: string, store: MediaStore, options: DecodeImageOptions): Promise<RgbImage> {
  const found = await store.image(named);
  const shown = shownMedium("image", named);
  switch (found.kind) {
    case "file":
      return decodeImage(found.path, { ...options, where: shown });
    case "bytes":
      return decodeImage(found.bytes, { ...options, where: found.where });
    case "folder":
      throw new DataError(`${shown}: expected a file, got a folder`);
  }
}

/** Longest side to the shortest that image processors take; one beyond it would only fail later. */
export function checkShape(image: RgbImage): void {
  smartResize(image, { factor: 28, minPixels: 1, maxPixels: Infinity });
}
