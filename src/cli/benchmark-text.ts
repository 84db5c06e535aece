/**
 * @module
 * The report of a benchmark as text.
 */
import { BENCHMARK_KINDS } from "../benchmark/index.ts";
import { type BenchmarkReport, type MeasureReport, textTable } from "../eval/index.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const CAMEL = /^[a-z]+([A-Z][a-z]+)+$/;

/**
 * A task's camelCase name of a measure as words: "readingPerDigit" becomes "reading per digit". The names of published
 * benchmarks stay as their authors write them, such as "aAcc".
 */
function wordsOf(name: string, benchmark: string): string {
  if (BENCHMARK_KINDS.includes(benchmark) || !CAMEL.test(name)) return name;
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function measureText({ value, low, high, of, most, variance }: MeasureReport, answers: string): string {
  if (value === null) return "not available";
  const shown = most === undefined ? percent : (points: number) => points.toFixed(1);
  const interval = low === null || high === null ? "" : ` [${shown(low)}, ${shown(high)}]`;
  const scale = most === undefined ? "" : `  at most ${most}`;
  const deviation = variance === undefined ? "" : `  ± ${shown(Math.sqrt(variance))} between samples`;
  return `${shown(value)}${interval}  of ${of}${answers}${scale}${deviation}`;
}

/** A report as a table of its numbers; brackets are 95 % intervals. */
export function benchmarkText(report: BenchmarkReport): string {
  const { samples, unscorable, withoutAnswer, wrongWithAnswer, problems } = report;
  const words = (name: string) => wordsOf(name, report.benchmark);
  const times = samples > 1 ? ` x ${samples}` : "";
  const rows: [string, string][] = Object.entries(report.measures).map(([name, measure]) => [
    name === report.main ? words(name) : `  ${words(name)}`,
    measureText(measure, times),
  ]);
  for (const [k, value] of Object.entries(report.passAt ?? {})) rows.push([`pass@${k}`, percent(value)]);
  for (const [k, value] of Object.entries(report.bestAt ?? {})) rows.push([`best@${k}`, percent(value)]);
  if (report.majority !== undefined) rows.push([`majority of ${samples}`, percent(report.majority)]);
  if (unscorable > 0) rows.push(["not judged", String(unscorable)]);
  if (withoutAnswer > 0) rows.push(["without an answer", String(withoutAnswer)]);
  if (wrongWithAnswer > 0) rows.push(["wrong, with an accepted answer in the text", String(wrongWithAnswer)]);
  rows.push(["completion tokens", report.completionTokensMean?.toFixed(1) ?? "not reported"]);
  if (report.truncatedShare > 0) rows.push(["cut off", percent(report.truncatedShare)]);
  if (report.brokenRows > 0) rows.push(["broken rows skipped", String(report.brokenRows)]);
  if (report.filteredRows > 0) rows.push(["rows left out", String(report.filteredRows)]);
  if (report.duplicateIds > 0) rows.push(["duplicate ids", String(report.duplicateIds)]);
  return `${report.benchmark}, ${problems} problems, answered by ${report.model}, judged by ${report.verdict}\n${textTable(rows)}\n`;
}
