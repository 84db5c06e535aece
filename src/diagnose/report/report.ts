/**
 * @module
 * A diagnosis as text for a terminal, and as a directory of Markdown, figures and JSON.
 */
import { join } from "node:path";
import { markdownTable, textTable } from "../../eval/index.ts";
import { writeOutput } from "../../model/index.ts";
import type { ModelDiagnosis } from "../diagnosis.ts";
import { fittedTables, wrappedLines } from "./fitted-table.ts";
import type { TitledTable } from "./section.ts";
import { sections } from "./sections.ts";
import type { Table } from "./table.ts";

/** Of the file `diagnosis.json`; raised when what it holds changes its meaning. */
export const DIAGNOSIS_VERSION = 1;

/** How a diagnosis came about; plain JSON. */
export type Provenance = Readonly<Record<string, unknown>>;

const linesOf = ({ columns, rows }: Table) => [columns, ...rows];

/** Every table, for a terminal. */
export function reportText(models: readonly ModelDiagnosis[]): string {
  return sections(models)
    .map(({ title, note, tables }) => {
      const head = note === undefined ? title.toUpperCase() : `${title.toUpperCase()}\n${note}`;
      const fitted = ({ table }: TitledTable) =>
        fittedTables(table).map((part) => textTable(wrappedLines(part), "right"));
      return [head, ...tables.map((one) => `${one.title}\n${fitted(one).join("\n\n")}`)].join("\n\n");
    })
    .join("\n\n\n")
    .concat("\n");
}

/** The same in Markdown, with figures beside it. */
export function reportMarkdown(models: readonly ModelDiagnosis[], provenance: Provenance): string {
  const origin = Object.entries(provenance).map(
    ([name, value]) => `- ${name}: \`${typeof value === "string" ? value : JSON.stringify(value)}\``,
  );
  const parts = sections(models).map(({ title, note, tables, figures }) =>
    [
      `## ${title}`,
      ...(note === undefined ? [] : [note]),
      ...figures.map(({ file }) => `![${title}](${file})`),
      ...tables.map(({ title: name, table }) => {
        const fitted = fittedTables(table).map((part) => markdownTable(linesOf(part), "right"));
        return `**${name}**\n\n${fitted.join("\n\n")}`;
      }),
    ].join("\n\n"),
  );
  return `${["# Diagnosis", origin.join("\n"), ...parts].join("\n\n")}\n`;
}

/** Writes `diagnosis.json`, `report.md` and the figures; the directory is made if need be; a failure is a RunError. */
export function writeReport(
  directory: string,
  models: readonly ModelDiagnosis[],
  provenance: Provenance,
): void {
  const record = { version: DIAGNOSIS_VERSION, ...provenance, models };
  writeOutput(join(directory, "diagnosis.json"), `${JSON.stringify(record, null, 2)}\n`);
  writeOutput(join(directory, "report.md"), reportMarkdown(models, provenance));
  for (const { figures } of sections(models)) {
    for (const { file, svg } of figures) writeOutput(join(directory, file), svg);
  }
}
