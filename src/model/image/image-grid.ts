/** Patches of an image: frames (1 for a still), rows, columns. Rows and columns are multiples of the merge size. */
export type ImageGrid = readonly [frames: number, rows: number, columns: number];
