/**
 * @module
 * A report as Markdown: the numbers, for a note or an issue.
 */
import { CUT_METRICS } from "../metric-catalogue.ts";
import { numberText, percentText, signedText } from "../number-text.ts";
import { unreadableText } from "../unreadable-text.ts";
import { warningText } from "../warning-text.ts";
import { endText, type ReportContent } from "./run-summary.ts";

/** A table's cell: structure and markup of Markdown are escaped to text. */
function cell(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, (character) => `\\${character}`).replaceAll(/\s+/g, " ");
}

/** Columns that hold no numbers. */
const TEXTS: ReadonlySet<string> = new Set([
  "metric",
  "question",
  "reference",
  "completion",
  "what",
  "which",
]);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = `|${head.map((name) => (TEXTS.has(name) ? "---|" : "--:|")).join("")}`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The whole text. */
export function markdownReport({
  name,
  summary,
  changes,
  evaluations,
  groups,
  environment,
  metrics,
}: ReportContent): string {
  const { reached, planned, method } = summary;
  const state = `${reached}${planned === null ? "" : ` of ${planned}`} iterations${endText(summary)}`;
  const parts = [`# ${cell(name)}`, `${cell(method ?? "")}, ${state}.`];
  if (evaluations.length > 0) {
    const rows = evaluations.map(({ iteration, accuracy, low, high, problems }) => [
      String(iteration),
      percentText(accuracy),
      `${percentText(low)} – ${percentText(high)}`,
      numberText(problems),
    ]);
    parts.push("## Evaluations", table(["after", "accuracy", "95 % interval", "problems"], rows));
  }
  const { warnings } = metrics;
  if (warnings.length > 0)
    parts.push("## Warnings", warnings.map((warning) => `- ${cell(warningText(warning))}`).join("\n"));
  if (metrics.isCut) parts.push(CUT_METRICS);
  if (metrics.unreadable > 0) parts.push(unreadableText(metrics.unreadable));
  if (changes.length > 0) {
    const rows = changes.map(({ key, first, last }) => [
      key,
      numberText(first),
      numberText(last),
      signedText(last - first),
    ]);
    parts.push("## First and last tenth of the run", table(["metric", "first", "last", "change"], rows));
  }
  if (groups.length > 0) {
    const rows = groups.flatMap((details) =>
      details.map(({ question, answer, completion, reward }) => [
        question,
        answer,
        completion,
        numberText(reward),
      ]),
    );
    parts.push(
      "## Completions of the last iteration",
      table(["question", "reference", "completion", "reward"], rows),
    );
  }
  if (environment.length > 0) parts.push("## Environment", table(["what", "which"], environment));
  return `${parts.join("\n\n")}\n`;
}
