/**
 * @module
 * The type of a report's section.
 */
import type { ModelDiagnosis } from "../diagnosis.ts";
import type { Table } from "./table.ts";

export interface Figure {
  /** File name without folder. */
  readonly file: string;
  readonly svg: string;
}

export interface TitledTable {
  readonly title: string;
  readonly table: Table;
}

export interface Section {
  readonly title: string;
  /** The meaning of the numbers. */
  readonly note?: string;
  readonly tables: readonly TitledTable[];
  readonly figures: readonly Figure[];
}

/** Names a model where there are several. */
export function of(name: string, models: readonly ModelDiagnosis[]): string {
  return models.length > 1 ? `, ${name}` : "";
}
