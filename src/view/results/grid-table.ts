/**
 * @module
 * The table of a grid as `fovea compare` wrote it, read without trusting it.
 */
import type { GridRow, GridTable, GridValue } from "../protocol.ts";
import { isObject, type JsonObject, numberOf, textOf, textsOf } from "../runs/json-fields.ts";

const objectsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function gridValue(value: unknown): GridValue | undefined {
  if (!isObject(value) || !isObject(value["mean"])) return undefined;
  const { estimate, low, high } = value["mean"];
  const mean = numberOf(estimate);
  if (mean === null) return undefined;
  const difference = isObject(value["difference"]) ? value["difference"] : {};
  return {
    mean,
    low: numberOf(low),
    high: numberOf(high),
    difference: numberOf(difference["estimate"]),
    pAdjusted: numberOf(difference["pAdjusted"]),
  };
}

function textsIn(value: unknown): Record<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : [])),
  );
}

const isSame = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) =>
  Object.entries(one).every(([axis, value]) => other[axis] === value);

/** The table; undefined where the file holds none of version 1. */
export function gridTable(file: JsonObject | undefined): GridTable | undefined {
  if (file === undefined || file["version"] !== 1 || !Array.isArray(file["rows"])) return undefined;
  const columns = objectsOf(file["columns"]).map(({ name, unit }) => ({
    name: textOf(name),
    unit: textOf(unit),
  }));
  const cells = objectsOf(file["cells"]).map(({ labels, isTrained, directory }) => ({
    labels: textsIn(labels),
    isTrained: isTrained === true,
    // Written by the system that ran the grid, with its own separator.
    run: typeof directory === "string" ? directory.replaceAll("\\", "/") : null,
  }));
  const rows = objectsOf(file["rows"]).map((row): GridRow => {
    const labels = textsIn(row["labels"]);
    const of = textOf(row["of"]);
    const values = Object.entries(isObject(row["values"]) ? row["values"] : {}).flatMap(
      ([name, value]): [string, GridValue][] => {
        const own = gridValue(value);
        return own === undefined ? [] : [[name, own]];
      },
    );
    const own = cells.filter((cell) => of === "training" && cell.isTrained && isSame(labels, cell.labels));
    return {
      labels,
      of,
      seeds: Array.isArray(row["seeds"]) ? row["seeds"].length : 0,
      values: Object.fromEntries(values),
      runs: own.flatMap(({ run }) => (run === null ? [] : [run])),
    };
  });
  const baseline = file["baseline"];
  return {
    axes: textsOf(file["axes"]),
    columns,
    rows,
    baseline: typeof baseline === "string" ? baseline : null,
    notes: textsOf(file["notes"]),
  };
}
