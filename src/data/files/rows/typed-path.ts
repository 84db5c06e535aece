/**
 * @module
 * Video-R1's rows: a `path`, and in `data_type` whether an image or a video lies there.
 */

import { imageReferences } from "../image-reference.ts";
import { videoReferences } from "../video-reference.ts";
import type { Cells } from "./cells.ts";
import type { RowReader } from "./reader.ts";

const COLUMNS = ["path", "data_type"];

/** The path of a row whose `data_type` is the one that is asked for. */
function pathOf(cells: Cells, type: "image" | "video"): string | undefined {
  if (cells.row["data_type"] !== type) return undefined;
  const [path] = [cells.at("path"), cells.at("data_type")];
  return typeof path === "string" ? path : undefined;
}

export const typedPath: RowReader = {
  name: "path and data_type",
  image: {
    columns: COLUMNS,
    read(cells) {
      const path = pathOf(cells, "image");
      return path === undefined ? undefined : imageReferences(path, false);
    },
  },
  video: {
    columns: COLUMNS,
    read(cells) {
      const path = pathOf(cells, "video");
      return path === undefined ? undefined : videoReferences(path);
    },
  },
};
