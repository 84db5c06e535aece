/**
 * @module
 * MMMU's rows: a column for each image, `image_1` to `image_16` (or `image1`), which the text names as `<image 1>`.
 */
import type { RowReader } from "./reader.ts";
import { imagesIn } from "./reader.ts";

const COLUMNS = Array.from({ length: 17 }, (_, i) => [`image_${i}`, `image${i}`]).flat();

export const numberedImages: RowReader = {
  name: "numbered images",
  image: {
    columns: COLUMNS,
    read(cells) {
      const held = COLUMNS.map((name) => ({ name, value: cells.at(name) })).filter(
        ({ value }) => value !== undefined,
      );
      return held.length === 0
        ? undefined
        : held.flatMap(({ name, value }) => imagesIn(value, name, cells) ?? []);
    },
  },
};
