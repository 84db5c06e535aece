/**
 * @module
 * A reproduction as a table: printed, ours, the difference, and gains with intervals.
 */
import {
  differenceWords,
  estimateWords,
  headingWords,
  meanWords,
  signedWords,
  type Unit,
} from "../compare/index.ts";
import { markdownList, markdownTable, textTable } from "../eval/index.ts";
import { ABSENT, printedWords } from "./printed.ts";
import type { ReproducedCell, Reproduction } from "./reproduction.ts";
import type { SettingLine } from "./settings-table.ts";

const HEADS = ["row", "measured", "printed", "ours"] as const;

/** The measure with its unit, and the printed column if its name differs. */
function measuredWords({ column, printedColumn }: ReproducedCell): string {
  const own = headingWords(column);
  return printedColumn === undefined || printedColumn === column.name ? own : `${own} (${printedColumn})`;
}

const plain = (unit: Unit) => (value: number) => signedWords(unit === "share" ? value / 100 : value, unit);

function lines({ scale, cells }: Reproduction): string[][] {
  const isPaper = scale === "paper";
  const heads = [...HEADS, ...(isPaper ? ["ours − printed"] : []), "over", "printed gain", "our gain"];
  return [
    heads,
    ...cells.map((cell) => {
      const { row, column, printedColumn, printed, ours, bySeed, difference, over, printedGain, gain } = cell;
      return [
        row,
        measuredWords(cell),
        printedColumn === undefined ? "" : printedWords(printed),
        meanWords({ mean: ours, bySeed }, column.unit),
        ...(isPaper ? [difference ? estimateWords(difference, plain(column.unit)) : ""] : []),
        over ?? "",
        printedGain === undefined ? "" : signedWords(Number(printedGain.toFixed(6)), "number"),
        gain === undefined ? "" : differenceWords(gain, column.unit),
      ];
    }),
  ];
}

/** The lines below the table. */
export function reproductionNotes({ seeds, cells, notes }: Reproduction): string[] {
  const isAbsent = cells.some(({ printed }) => printed === ABSENT);
  return [
    `ours: means over ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}`,
    ...notes,
    ...(isAbsent ? ["absent: in no text at hand"] : []),
  ];
}

/** The table for a terminal. */
export function reproductionText(found: Reproduction): string {
  return `${textTable(lines(found))}\n${reproductionNotes(found).join("\n")}\n`;
}

/** The table in Markdown. */
export function reproductionMarkdown(found: Reproduction): string {
  return `${markdownTable(lines(found))}\n\n${markdownList(reproductionNotes(found))}\n`;
}

function settingCells(settings: readonly SettingLine[]): string[][] {
  return [
    ["setting", "printed", "ours", "preset", "key", ""],
    ...settings.map(({ name, printed, ours, preset, key, means, isEqual }) => [
      name,
      printed,
      ours ?? "",
      preset,
      key ?? "",
      isEqual ? "equal" : (means ?? ""),
    ]),
  ];
}

/** Printed settings beside ours, for a terminal. */
export function settingsText(settings: readonly SettingLine[]): string {
  return `${textTable(settingCells(settings))}\n`;
}

/** The same in Markdown. */
export function settingsMarkdown(settings: readonly SettingLine[]): string {
  return `${markdownTable(settingCells(settings))}\n`;
}
