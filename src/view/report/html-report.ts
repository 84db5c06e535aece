/**
 * @module
 * A report as one HTML file that needs nothing else: no script, no font, no address. Its policy forbids all of them.
 */
import { CUT_METRICS, type MetricChart, metricSections } from "../metric-catalogue.ts";
import { numberText, percentText, signedText } from "../number-text.ts";
import type { MetricsReply, RolloutDetail } from "../protocol.ts";
import { paintRange, tokenBackground } from "../token-paint.ts";
import { unreadableText } from "../unreadable-text.ts";
import { warningText } from "../warning-text.ts";
import { chartSvg, escaped, type ReportCurve } from "./markup.ts";
import { REPORT_STYLE } from "./report-style.ts";
import { endText, type ReportContent } from "./run-summary.ts";

/** Images of problems as PNG, by index; images that cannot be read are missing. */
export type ReportImages = ReadonlyMap<number, readonly Uint8Array[]>;

/** Images of a problem that a report shows; a video has many. */
export const MOST_IMAGES = 8;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function table(head: readonly string[], rows: readonly (readonly string[])[], numbersFrom: number): string {
  const cell = (name: "th" | "td", text: string, column: number) =>
    `<${name}${column >= numbersFrom ? ' class="number"' : ""}>${escaped(text)}</${name}>`;
  const line = (name: "th" | "td", cells: readonly string[]) =>
    `<tr>${cells.map((text, i) => cell(name, text, i)).join("")}</tr>`;
  return `<table><thead>${line("th", head)}</thead><tbody>${rows.map((row) => line("td", row)).join("")}</tbody></table>`;
}

/** A completion as the viewer shows it: weight as background, sign of the advantage as hue, role as underline. */
function strip({ tokenTexts, weights, roles, advantage, reward, rewardParts }: RolloutDetail): string {
  const paint =
    weights === null ? undefined : { values: weights, isSigned: false, sign: Math.sign(advantage ?? 0) };
  const range = paint === undefined ? undefined : paintRange(paint);
  const tokens = tokenTexts.map((text, t) => {
    const background = paint === undefined || range === undefined ? "" : tokenBackground(paint, range, t);
    const style = background === "" ? "" : ` style="background:${background}"`;
    return `<span class="${roles?.[t] ?? "neutral"}"${style}>${escaped(text)}</span>`;
  });
  const parts = Object.entries(rewardParts).map(([name, value]) => `${name} ${numberText(value)}`);
  const verdict = `reward ${numberText(reward)} (${parts.join(", ")}), advantage ${signedText(advantage)}`;
  return `<p class="verdict">${escaped(verdict)}</p><div class="strip">${tokens.join("")}</div>`;
}

function group(details: readonly RolloutDetail[], images: ReportImages): string {
  const [first] = details;
  if (first === undefined) return "";
  const pngs = (images.get(first.index) ?? []).map(
    (png) => `<img alt="" src="data:image/png;base64,${Buffer.from(png).toString("base64")}">`,
  );
  const left = Math.max(0, (first.pictures ?? 0) - MOST_IMAGES);
  const more = left === 0 ? "" : `<p class="verdict">and ${left} more</p>`;
  const image = `<div class="images">${pngs.join("")}${more}</div>`;
  const asked = `<h3>${escaped(first.question)}</h3><p class="verdict">reference ${escaped(first.answer)}, iteration ${first.iteration}</p>`;
  return `<section class="group">${image}<div>${asked}${details.map(strip).join("")}</div></section>`;
}

/** A chart of the run; "" where its metric never changes. */
function chartOf({ title, curves, isShare }: MetricChart, { events }: MetricsReply): string {
  const found = curves.flatMap(({ event, key, interval, name, isFaint = false }): ReportCurve[] => {
    const table_ = events[event];
    const column = table_?.columns[key];
    if (table_ === undefined || column === undefined) return [];
    const { x, columns } = table_;
    const { mean } = column;
    const { low, high } =
      interval === undefined
        ? column
        : { low: columns[interval.low]?.mean, high: columns[interval.high]?.mean };
    const ends = low === undefined || high === undefined ? {} : { low, high };
    return [{ x, mean, ...ends, isFaint, ...(name !== undefined && { name }) }];
  });
  const hasChanged = found.some(({ mean }) => new Set(mean).size > 1);
  return hasChanged ? chartSvg(title, found, isShare) : "";
}

function warningList({ warnings }: MetricsReply): string {
  if (warnings.length === 0) return "";
  const items = warnings.map((warning) => `<li>${escaped(warningText(warning))}</li>`);
  return `<h2>Warnings</h2><ul>${items.join("")}</ul>`;
}

/** The whole file. */
export function htmlReport(
  { name, summary, metrics, changes, evaluations, groups, environment }: ReportContent,
  images: ReportImages,
): string {
  const curves = metricSections([metrics.events], "").map(({ title, charts }) => {
    const figures = charts.map((chart) => chartOf(chart, metrics)).filter((figure) => figure !== "");
    return figures.length === 0
      ? ""
      : `<h2>${escaped(title)}</h2><div class="curves">${figures.join("")}</div>`;
  });
  const changed = changes.map(({ key, first, last }) => [
    key,
    numberText(first),
    numberText(last),
    signedText(last - first),
  ]);
  const evaluated = evaluations.map(({ iteration, accuracy, low, high, problems }) => [
    String(iteration),
    percentText(accuracy),
    `${percentText(low)} – ${percentText(high)}`,
    numberText(problems),
  ]);
  const state = `${summary.reached}${summary.planned === null ? "" : ` of ${summary.planned}`}${endText(summary)}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>${escaped(name)} · Fovea</title><style>${REPORT_STYLE}</style></head><body>`,
    `<header><h1>${escaped(name)}</h1><p>${escaped(summary.method ?? "")} · iteration ${escaped(state)}</p></header>`,
    evaluated.length === 0
      ? ""
      : `<h2>Evaluations</h2>${table(["after", "accuracy", "95 % interval", "problems"], evaluated, 1)}`,
    ...curves,
    warningList(metrics),
    metrics.isCut ? `<p>${CUT_METRICS}</p>` : "",
    metrics.unreadable > 0 ? `<p>${unreadableText(metrics.unreadable)}</p>` : "",
    changed.length === 0
      ? ""
      : `<h2>First and last tenth</h2>${table(["metric", "first", "last", "change"], changed, 1)}`,
    groups.length === 0
      ? ""
      : `<h2>Completions of the last iteration</h2>${groups.map((details) => group(details, images)).join("")}`,
    groups.length === 0
      ? ""
      : '<p class="verdict">Background: credit weight within the completion; blue where the advantage is above 0, orange below. Underlined: <span class="visual">reads the image</span>, <span class="text">works on the text</span>.</p>',
    `<h2>Configuration</h2>${table(["key", "value"], Object.entries(summary.config), 2)}`,
    environment.length === 0 ? "" : `<h2>Environment</h2>${table(["what", "which"], environment, 2)}`,
    "</body></html>\n",
  ].join("\n");
}
