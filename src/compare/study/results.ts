/**
 * @module
 * Results of a study as one small file: of each cell what was measured, how it learnt, and where. A file holds one grid; it is
 * committed, and every figure is made of it. All cells are of one source and of the same versions. Credits are compared by
 * seed, so the processors of a seed have the same vector instructions: with other instructions numbers are rounded differently.
 */
import * as z from "zod";
import { DataError } from "../../errors/index.ts";
import { arithmeticOf } from "../../package/index.ts";
import { cellName } from "../cell.ts";
import { UNITS } from "../measure.ts";

const named = z.record(z.string(), z.string());

const cellSchema = z.strictObject({
  labels: named.describe("Value's name by axis."),
  seed: z.int().min(0),
  isTrained: z.boolean().describe("False for the weights that learning begins with."),
  key: z.string().describe("Hash of everything that the weights follow from."),
  values: z
    .record(z.string(), z.number().nullable())
    .describe("By measure; null where there was nothing to measure."),
  curve: z
    .array(z.tuple([z.number(), z.number(), z.number()]))
    .optional()
    .describe("Iteration, tokens sampled until then, accuracy on validation."),
  seconds: z.number().optional().describe("Of all iterations."),
});

const environmentSchema = z.strictObject({
  source: z
    .string()
    .describe("Git hash of src at the commit of the runs, or that commit where the hash is not known."),
  commits: z.array(z.string()).min(1),
  node: z.string(),
  packages: named,
});

const resultsSchema = z.strictObject({
  version: z.literal(2),
  grid: z.string().min(1).describe("Name of the grid file, without its ending."),
  world: z.string().min(1).describe("Kind of the task."),
  baseline: named.nullable(),
  units: z.record(z.string(), z.enum(UNITS)),
  missing: z.int().min(0).describe("Cells of the grid that have not run."),
  environment: environmentSchema,
  processors: z
    .record(z.string(), z.array(z.int().min(0)))
    .describe("Seeds by the processor that ran cells of them."),
  cells: z.array(cellSchema),
});

/** One cell of a file of results. */
export type StudyCell = z.output<typeof cellSchema>;
/** Where cells ran. */
export type StudyEnvironment = z.output<typeof environmentSchema>;
/** A file of results. */
export type StudyResults = z.output<typeof resultsSchema>;

/**
 * Reads a file of results.
 *
 * @param where the file, for errors
 * @throws DataError when it is not a file of results, or has a cell twice
 */
export function parseResults(text: string, where: string): StudyResults {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${where}: expected JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = resultsSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(`${where}: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const names = parsed.data.cells.map(cellName);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new DataError(`${where}: expected each cell once, got "${twice}" twice`);
  return parsed.data;
}

/** The text of a file of results: one line a cell. */
export function resultsText({ cells, ...head }: StudyResults): string {
  const start = JSON.stringify(head, null, 1).replace(/\n}$/, "");
  const lines = cells.map((cell) => `  ${JSON.stringify(cell)}`).join(",\n");
  return `${start},\n "cells": [\n${lines}\n ]\n}\n`;
}

/**
 * Fails where a cell of an earlier file is now another run: the grid was changed midway.
 *
 * @throws DataError naming the cell
 */
export function requireSameGrid(before: StudyResults, now: StudyResults, where: string): void {
  const known = new Map(before.cells.map((cell) => [cellName(cell), cell.key]));
  for (const cell of now.cells) {
    const name = cellName(cell);
    const key = known.get(name);
    if (key !== undefined && key !== cell.key) {
      throw new DataError(
        `${where}: the grid was changed midway: "${name}" was the run ${key} and is now ${cell.key}; ` +
          "go back to the grid of the file, or give the changed one a name of its own",
      );
    }
  }
}

const COMPARED = ["source", "node", "packages"] as const;

type Compared = Pick<StudyEnvironment, (typeof COMPARED)[number]>;

/** The first part that differs between two environments; undefined where cells of both can be in one file. */
export function differingPart(a: Compared, b: Compared): (typeof COMPARED)[number] | undefined {
  return COMPARED.find((part) => JSON.stringify(a[part]) !== JSON.stringify(b[part]));
}

/**
 * The one environment of all cells.
 *
 * @param found of each cell, with its name
 * @throws DataError naming two cells that differ, and their difference
 */
export function oneEnvironment(
  found: readonly {
    readonly name: string;
    readonly environment: Omit<StudyEnvironment, "commits"> & { readonly commit: string };
  }[],
  where: string,
): StudyEnvironment {
  const [first] = found;
  if (first === undefined) throw new DataError(`${where}: expected at least one cell that has run, got none`);
  for (const { name, environment } of found)
    requireSame(environment, first.environment, [name, first.name], where);
  const { commit: _commit, ...environment } = first.environment;
  return { ...environment, commits: [...new Set(found.map((one) => one.environment.commit))] };
}

function requireSame(
  a: Compared,
  b: Compared,
  [nameA, nameB]: readonly [string, string],
  where: string,
): void {
  const part = differingPart(a, b);
  if (part === undefined) return;
  const [own, other] = [JSON.stringify(a[part]), JSON.stringify(b[part])];
  throw new DataError(
    `${where}: expected cells of one ${part}, got ${other} of "${nameB}" and ${own} of "${nameA}"`,
  );
}

/** Whether two processors give the same numbers: they have the same vector instructions. */
export function roundAlike(processor: string, other: string): boolean {
  return arithmeticOf(processor) === arithmeticOf(other);
}

/**
 * The processors of each seed, which have the same vector instructions.
 *
 * @param where the file, for errors
 * @throws DataError when two of a seed round differently
 */
export function processorsBySeed(
  files: readonly Pick<StudyResults, "processors">[],
  where: string,
): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, Set<string>>();
  for (const { processors } of files) {
    for (const [processor, seeds] of Object.entries(processors)) {
      for (const seed of seeds) {
        const [other = processor] = found.get(seed) ?? [];
        if (!roundAlike(other, processor)) {
          throw new DataError(
            `${where}: expected processors of the same vector instructions for a seed, since credits are compared by seed; got ` +
              `"${other}" and "${processor}" for seed ${seed}`,
          );
        }
        found.set(seed, new Set([...(found.get(seed) ?? []), processor]));
      }
    }
  }
  return found;
}

/** Seeds by processor, each list ascending. */
export function seedsByProcessor(bySeed: ReadonlyMap<number, ReadonlySet<string>>): Record<string, number[]> {
  const ascending = [...bySeed].sort(([a], [b]) => a - b);
  const found: Record<string, number[]> = {};
  for (const [seed, processors] of ascending) {
    for (const processor of processors) found[processor] = [...(found[processor] ?? []), seed];
  }
  return found;
}

/**
 * Results of one grid that were found on several machines or days. A cell that two files have is the same in both.
 * `missing` is the last file's and is left to the caller, who knows the grid.
 *
 * @param files the earliest first, each with its name for errors
 * @throws DataError when the files are of two grids, sources or versions, a seed is of processors that round differently, or a
 *   cell has two results
 */
export function pooledResults(
  files: readonly { readonly name: string; readonly results: StudyResults }[],
  where: string,
): StudyResults {
  const [first] = files;
  if (first === undefined) throw new DataError(`${where}: expected at least one file of results, got none`);
  for (const { name, results } of files) {
    for (const part of ["grid", "world", "baseline", "units"] as const) {
      const [own, other] = [JSON.stringify(results[part]), JSON.stringify(first.results[part])];
      if (own !== other)
        throw new DataError(
          `${where}: expected one ${part}, got ${other} of ${first.name} and ${own} of ${name}`,
        );
    }
    requireSame(results.environment, first.results.environment, [name, first.name], where);
    requireSameGrid(first.results, results, where);
  }
  const all = files.map(({ results }) => results);
  const cells = new Map<string, StudyCell>();
  for (const cell of all.flatMap((results) => results.cells)) {
    const name = cellName(cell);
    requireSameNumbers(cells.get(name) ?? cell, cell, where);
    cells.set(name, cell);
  }
  return {
    ...all.at(-1)!,
    environment: {
      ...first.results.environment,
      commits: [...new Set(all.flatMap(({ environment }) => environment.commits))],
    },
    processors: seedsByProcessor(processorsBySeed(all, where)),
    cells: [...cells.values()].sort((a, b) => a.seed - b.seed),
  };
}

/** A cell that ran twice shows whether the machines compute alike, by the measures that both times had. */
function requireSameNumbers(earlier: StudyCell, later: StudyCell, where: string): void {
  const shared = Object.keys(earlier.values).filter((name) => name in later.values);
  const hasCurve = earlier.curve !== undefined && later.curve !== undefined;
  const numbersOf = ({ values, curve }: StudyCell) =>
    JSON.stringify({
      values: Object.fromEntries(shared.map((name) => [name, values[name]])),
      ...(hasCurve && { curve }),
    });
  const [own, other] = [numbersOf(earlier), numbersOf(later)];
  if (own === other) return;
  throw new DataError(
    `${where}: expected the same numbers of "${cellName(later)}" each time, got ${own} and ${other}`,
  );
}
