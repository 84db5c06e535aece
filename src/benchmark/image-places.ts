/**
 * @module
 * Questions that name their images by number, `<image 1>`, as MMMU and MMMU-Pro do.
 */
import { DataError } from "../errors/index.ts";

const NUMBERED = /<image (\d+)>/g;

/**
 * A question with `<image>` in the place of each numbered image, and the cells of the images in that order. Images that are
 * not named are not shown; where none is named all are.
 *
 * @param cells of the images from number 1
 * @throws DataError when an image is named that there is not
 */
export function withImagePlaces(
  question: string,
  cells: readonly unknown[],
): { readonly question: string; readonly images: readonly unknown[] } {
  const numbers = [...question.matchAll(NUMBERED)].map(([, number]) => Number(number));
  if (numbers.length === 0) return { question, images: cells };
  const images = numbers.map((number) => {
    const cell = cells[number - 1];
    if (cell === undefined || cell === null || cell === "") {
      throw new DataError(`question: names image ${number}, expected one of ${cells.filter(Boolean).length}`);
    }
    return cell;
  });
  return { question: question.replaceAll(NUMBERED, "<image>"), images };
}
