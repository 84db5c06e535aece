/**
 * @module
 * A directory of cells: runs under `cells/`, the weights with which training begins under `warm-starts/`, and
 * measurements under `results/`, each under a name made from its content. So grids that share cells share a
 * directory, a changed grid runs what is new in it, and nothing is measured twice.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WARM_STARTS } from "../config/index.ts";
import { RunError } from "../errors/index.ts";
import { writeOutput } from "../files/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";
import { FINAL_MODEL } from "../train/index.ts";
import { type Cell, cellKey, contentKey, type IdentifiedCell, startKey } from "./cell.ts";
import { iterationColumns, METRICS } from "./iteration-columns.ts";
import type { Evidence } from "./measure.ts";

/** A directory of cells. */
export class CellStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Run directory of a trained cell. */
  runDirectory(cell: IdentifiedCell): string {
    return join(this.directory, "cells", cellKey(cell));
  }

  /** Run directory of a warm start. */
  warmStart(cell: Pick<Cell, "config" | "start">): string {
    return join(this.directory, WARM_STARTS, startKey(cell));
  }

  /** Whether the run of a trained cell has ended. */
  isTrained(cell: IdentifiedCell): boolean {
    return existsSync(join(this.runDirectory(cell), FINAL_MODEL));
  }

  /** Seconds of a trained cell's iterations; undefined where its run is not there. */
  trainingSeconds(cell: IdentifiedCell): number | undefined {
    const file = join(this.runDirectory(cell), METRICS);
    if (!existsSync(file)) return undefined;
    return iterationColumns(file)["timing.totalSeconds"]?.reduce<number>(
      (sum, value) => sum + (value ?? 0),
      0,
    );
  }

  /** Directory of a cell's measurements. */
  evidenceDirectory(cell: Cell, evidence: Evidence): string {
    const name = contentKey(evidence.identity(cell.config));
    return join(this.directory, "results", cellKey(cell), name);
  }

  #resultFile(cell: Cell, evidence: Evidence): string {
    return join(this.evidenceDirectory(cell, evidence), "result.json");
  }

  /**
   * Evidence of a cell that was gathered before.
   *
   * @throws RunError when its file cannot be read
   */
  evidence(cell: Cell, evidence: Evidence): unknown {
    return this.#record(cell, evidence)?.["evidence"];
  }

  /**
   * Fingerprint of the problems on which a cell was measured; undefined if the result records none.
   *
   * @throws RunError as `evidence` does
   */
  fingerprint(cell: Cell, evidence: Evidence): unknown {
    return this.#record(cell, evidence)?.["fingerprint"];
  }

  #record(cell: Cell, evidence: Evidence): Settings | undefined {
    const file = this.#resultFile(cell, evidence);
    if (!existsSync(file)) return undefined;
    let record: unknown;
    try {
      record = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      throw new RunError(`${file}: expected a result, got text that is no JSON; delete it to measure again`, {
        cause: error,
      });
    }
    if (isSettings(record) && "evidence" in record) return record;
    throw new RunError(`${file}: expected a result with evidence; delete it to measure again`);
  }

  /** Keeps evidence with all that it is of, and the fingerprint of the problems that it was gathered on. */
  keep(cell: Cell, evidence: Evidence, found: unknown, fingerprint?: string): void {
    const file = this.#resultFile(cell, evidence);
    const { config, seed, isTrained } = cell;
    const of = evidence.identity(config);
    const record = { version: 1, seed, isTrained, of, fingerprint, evidence: found, config };
    writeOutput(file, `${JSON.stringify(record)}\n`);
  }
}
