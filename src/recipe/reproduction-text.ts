/**
 * @module
 * A reproduction as a table: printed, ours, the difference, and gains with intervals.
 */
import { numberWords, pWords, signedWords, TESTS, type Unit } from "../compare/index.ts";
import { markdownTable, textTable } from "../eval/index.ts";
import type { Interval } from "../math/index.ts";
import { ABSENT, printedWords } from "./printed.ts";
import type { ReproducedCell, Reproduction } from "./reproduction.ts";
import type { SettingLine } from "./settings-table.ts";

const HEADS = ["row", "measured", "printed", "ours"] as const;

function withInterval({ estimate, low, high }: Interval, words: (value: number) => string): string {
  const bounds = Number.isFinite(low) ? ` [${words(low)}, ${words(high)}]` : "";
  return `${words(estimate)}${bounds}`;
}

/** The measure with its unit, and the printed column if its name differs. */
function measuredWords({ column: { name, unit }, printedColumn }: ReproducedCell): string {
  const own = unit === "share" ? `${name}, %` : unit === "seconds" ? `${name}, s` : name;
  return printedColumn === undefined || printedColumn === name ? own : `${own} (${printedColumn})`;
}

function gainWords({ gain, column }: ReproducedCell): string {
  if (gain === undefined) return "";
  const words = (value: number) => signedWords(value, column.unit);
  const tested = Number.isFinite(gain.low) ? ` ${pWords(gain.pAdjusted)}` : "";
  return `${withInterval(gain, words)}${tested}`;
}

const plain = (unit: Unit) => (value: number) => signedWords(unit === "share" ? value / 100 : value, unit);

function lines({ scale, cells }: Reproduction): string[][] {
  const isPaper = scale === "paper";
  const heads = [...HEADS, ...(isPaper ? ["ours − printed"] : []), "over", "printed gain", "our gain"];
  return [
    heads,
    ...cells.map((cell) => {
      const { row, column, printedColumn, printed, ours, difference, over, printedGain } = cell;
      return [
        row,
        measuredWords(cell),
        printedColumn === undefined ? "" : printedWords(printed),
        withInterval(ours, (value) => numberWords(value, column.unit)),
        ...(isPaper ? [difference ? withInterval(difference, plain(column.unit)) : ""] : []),
        over ?? "",
        printedGain === undefined ? "" : signedWords(Number(printedGain.toFixed(6)), "number"),
        gainWords(cell),
      ];
    }),
  ];
}

/** An explanation of intervals and p-values. */
export function reproductionNote({ pairing, seeds, cells }: Reproduction): string {
  const isAbsent = cells.some(({ printed }) => printed === ABSENT);
  const parts = [
    `ours: means over ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}; brackets: 95 % intervals over ${pairing}`,
    `p: ${TESTS[pairing]}, Holm over the table`,
    ...(isAbsent ? ["absent: in no text at hand"] : []),
  ];
  return parts.join("; ");
}

/** The table for a terminal. */
export function reproductionText(found: Reproduction): string {
  return `${textTable(lines(found))}\n${reproductionNote(found)}\n`;
}

/** The table in Markdown. */
export function reproductionMarkdown(found: Reproduction): string {
  return `${markdownTable(lines(found))}\n\n${reproductionNote(found)}\n`;
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
