/**
 * @module
 * A file of rows in any format, each read when it is asked for.
 */

/** The formats that rows can be in. */
export const FILE_FORMATS = ["jsonl", "json", "parquet", "tsv", "csv"] as const;

/** How rows are in a file. */
export type FileFormat = (typeof FILE_FORMATS)[number];

/** One row: its cells by the names of their columns. */
export type Row = Readonly<Record<string, unknown>>;

/** An indexed file. It holds where rows are, not what they are. */
export interface Table {
  readonly path: string;
  readonly format: FileFormat;
  /** Number of rows, broken rows included. */
  readonly size: number;
  /** Hex sha256 over the content; of parquet over its footer and samples. */
  readonly fingerprint: string;
  /** The columns that the file declares; undefined where each row has its own. */
  readonly columns: readonly string[] | undefined;
  /** The place of a row, for messages: "train.jsonl line 17". */
  place(row: number): string;
  /**
   * Reads one row.
   *
   * @throws DataError with file and row
   */
  row(row: number): Promise<Row>;
  /** The row with this text in its `index` cell; only of files in which a row may use another row's images. */
  rowWithIndex?(index: string): number | undefined;
}
