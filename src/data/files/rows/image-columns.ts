/**
 * @module
 * Images in columns with less usual names, and a second image beside `image`: `image` and `image_2`, or a left
 * and a right one.
 */
import type { ImageReference } from "../image-reference.ts";
import type { Cells } from "./cells.ts";
import { imagesIn, type PartReader, type RowReader } from "./reader.ts";

const OTHER_NAMES = [
  "image_paths",
  "image_file",
  "image_files",
  "image_name",
  "image_names",
  "image_filename",
  "image_file_name",
  "image_file_names",
  "file_names",
  "image_list",
  "image_base64",
  "image_bytes",
  "image_url",
  "image_urls",
  "input_image",
  "input_images",
  "question_image",
  "question_images",
  "pil_image",
  "Image",
  "Images",
  "img",
  "imgs",
  "img_path",
  "img_paths",
  "img_url",
  "imgname",
  "img_name",
  "picture",
  "pictures",
  "photo",
  "figure",
  "figure_path",
  "screenshot",
  "jpg",
  "jpeg",
  "png",
  "webp",
  "multi_modal_data.image",
  "multi_modal_data.images",
];

const PAIRS = [
  ["left_image", "right_image"],
  ["image_left", "image_right"],
  ["image_a", "image_b"],
  ["image_A", "image_B"],
];
const LATER = Array.from({ length: 15 }, (_, i) => [`image_${i + 2}`, `image${i + 2}`]);
const IMAGE = "image";

const imagesAt = (cells: Cells, name: string): readonly ImageReference[] => {
  const value = cells.at(name);
  return value === undefined ? [] : (imagesIn(value, name, cells) ?? []);
};

/** `image` and the numbered columns after it, where none is the first. */
const withLater: PartReader<readonly ImageReference[]> = {
  columns: [IMAGE, ...LATER.flat()],
  read(cells) {
    const isNumbered = ["image_0", "image0", "image_1", "image1"].some((name) =>
      Object.hasOwn(cells.row, name),
    );
    if (isNumbered || !Object.hasOwn(cells.row, IMAGE)) return undefined;
    const later = LATER.flatMap((names) => names.filter((name) => cells.row[name] != null));
    const images = later.flatMap((name) => imagesAt(cells, name));
    return images.length === 0 ? undefined : [...imagesAt(cells, IMAGE), ...images];
  },
};

/** Comes before the usual columns, which would take `image` alone. */
export const laterImages: RowReader = { name: "image and later images", image: withLater };

export const otherImageColumns: RowReader = {
  name: "other names of images",
  image: {
    columns: [...OTHER_NAMES, ...PAIRS.flat()],
    read(cells) {
      for (const pair of PAIRS) {
        const images = pair.flatMap((name) => imagesAt(cells, name));
        if (images.length > 0) return images;
      }
      for (const name of OTHER_NAMES) {
        const images = imagesAt(cells, name);
        if (images.length > 0) return images;
      }
      return undefined;
    },
  },
};
