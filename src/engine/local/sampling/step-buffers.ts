/**
 * @module
 * The arrays that a decoding step reads and writes, kept from one step to the next. New arrays at every step
 * would be most of the garbage of sampling.
 */
import type { TextConfig } from "../../../model/index.ts";
import { DecoderRows } from "../prompts/decoder-batch.ts";
import type { RotaryTable } from "../prompts/rotary-table.ts";

export class StepBuffers {
  readonly #config: TextConfig;
  readonly #table: RotaryTable;
  #rows: DecoderRows | undefined;

  constructor(config: TextConfig, table: RotaryTable) {
    this.#config = config;
    this.#table = table;
  }

  /** Rows to fill; a row that is not filled keeps an earlier step's values. */
  rows(count: number): DecoderRows {
    if (this.#rows?.count !== count) {
      this.#rows = new DecoderRows(count, { hiddenSize: this.#config.hiddenSize }, this.#table);
    }
    return this.#rows;
  }
}
