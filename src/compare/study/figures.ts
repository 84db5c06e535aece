/**
 * @module
 * Figures of a study's results, as SVG, and its table in words.
 */
import { figureSvg, type Panel } from "../../diagnose/index.ts";
import type { Interval } from "../../math/index.ts";
import { pWords } from "../formats/words.ts";
import { type Contrast, contrasts, curveDifferences } from "./contrasts.ts";
import type { StudyResults } from "./results.ts";

/** The figures and the text of a file of results. */
export interface StudyView {
  readonly measure: string;
  /** Name of the row that all others are compared with. */
  readonly baseline: string;
  /** Name of the row that bounds what is possible, where there is one. */
  readonly ceiling?: string;
}

const points = ({ estimate, low, high }: Interval) => ({
  value: 100 * estimate,
  low: 100 * low,
  high: 100 * high,
});

const title = ({ grid, world }: StudyResults) => (grid === world ? grid : `${grid}, world ${world}`);

function forest(view: StudyView, found: readonly Contrast[]): Panel {
  return {
    kind: "dots",
    title: `${view.measure}: difference to ${view.baseline}`,
    xLabel: "points, 95 % interval over seeds",
    dots: found.map((contrast) => ({ name: `${contrast.name} (${contrast.pairs})`, ...points(contrast) })),
    reference: 0,
  };
}

/** Places between the zero and the one; of credits whose place is not bounded nothing is drawn. */
function places(view: StudyView, found: readonly Contrast[]): Panel[] {
  const placed = found.filter(({ name, place }) => place !== undefined && name !== view.ceiling);
  if (view.ceiling === undefined || placed.length === 0) return [];
  return [
    {
      kind: "dots",
      title: `place between ${view.baseline} (0) and ${view.ceiling} (1)`,
      xLabel: "share of the gain, Fieller's 95 % interval",
      dots: placed.map(({ name, place }) => ({
        name,
        value: place!.estimate,
        low: place!.low,
        high: place!.high,
      })),
      reference: 0,
    },
  ];
}

/** A row whose name is a number is a dose. */
function dose(view: StudyView, found: readonly Contrast[]): Panel[] {
  const doses = found
    .map((contrast) => ({ x: Number(contrast.name), contrast }))
    .filter(({ x, contrast }) => contrast.name.trim() !== "" && Number.isFinite(x))
    .sort((a, b) => a.x - b.x);
  if (doses.length < 2) return [];
  return [
    {
      kind: "lines",
      title: `what pays: accuracy of labels`,
      xLabel: "chance of a label to be true",
      yLabel: `points over ${view.baseline}`,
      series: [
        {
          name: view.measure,
          points: doses.map(({ x, contrast }) => {
            const { value, low, high } = points(contrast);
            return { x, y: value, low, high };
          }),
        },
      ],
    },
  ];
}

function curves(view: StudyView, results: StudyResults): Panel[] {
  const series = curveDifferences(results, view.baseline)
    .filter((one) => one.points.length > 1)
    .map(({ name, points: along }) => ({
      name,
      points: along.map(({ iteration, estimate }) => ({ x: iteration, y: 100 * estimate })),
    }));
  if (series.length === 0) return [];
  return [
    {
      kind: "lines",
      title: `validation over the run`,
      xLabel: "iteration",
      yLabel: `points over ${view.baseline}`,
      series,
    },
  ];
}

/** One SVG: the forest of differences, places between zero and one, the response to a dose, learning curves; what there is of them. */
export function studyFigure(results: StudyResults, view: StudyView): string {
  const found = contrasts(results, view.measure, view.baseline, view.ceiling);
  return figureSvg(title(results), [
    forest(view, found),
    ...places(view, found),
    ...dose(view, found),
    ...curves(view, results),
  ]);
}

const number = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : value > 0 ? "∞" : "−∞");
const signed = (value: number) => `${value > 0 ? "+" : ""}${number(value)}`;

/** "AMD EPYC, AVX2 (seeds 0, 1)". */
const ran = (processors: StudyResults["processors"]) =>
  Object.entries(processors)
    .map(([name, seeds]) => `${name} (seeds ${seeds.join(", ")})`)
    .join("; ");

/** The contrasts as a table in Markdown, with the smallest difference that each could have shown. */
export function studyTable(results: StudyResults, view: StudyView): string {
  const { environment, missing, processors } = results;
  const rows = contrasts(results, view.measure, view.baseline, view.ceiling).map((contrast) => {
    const { value, low, high } = points(contrast);
    const { name, pairs, pValue, pAdjusted, detectable, place } = contrast;
    const cells = [
      name,
      String(pairs),
      `${signed(value)} (${signed(low)} to ${signed(high)})`,
      pWords(pValue),
      pWords(pAdjusted),
      detectable === undefined ? "" : number(100 * detectable),
      place === undefined ? "" : `${number(place.estimate)} (${number(place.low)} to ${number(place.high)})`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const ceiling = view.ceiling === undefined ? "" : ` of ${view.ceiling}`;
  return `# ${title(results)}

Written by \`node scripts/study.mjs figures\`; do not edit. ${view.measure}, difference to ${view.baseline} in points, paired by seed, with Student's 95 %
interval; p of the paired t test, and Holm's over this table; the least difference that so many seeds show at 80 %; share of the gain${ceiling}
with Fieller's 95 % interval. ${missing === 0 ? "All cells have run." : `**${missing} cells of the grid have not run.**`}

| credit | seeds | points | p | p, Holm | shows | share of the gain |
|---|--:|---|--:|--:|--:|---|
${rows.join("\n")}

Source ${environment.source}, ${ran(processors)}, Node ${environment.node}, onnxruntime-node ${environment.packages["onnxruntime-node"] ?? "unknown"}.
`;
}
