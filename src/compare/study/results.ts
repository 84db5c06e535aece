/**
 * @module
 * Results of a study as one small file: of each cell what was measured, how it learnt, and where. A file holds one grid; it is
 * committed, and every figure is made of it.
 */
import * as z from "zod";
import { DataError } from "../../errors/index.ts";
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
  cpu: z.string(),
  packages: named,
});

const resultsSchema = z.strictObject({
  version: z.literal(1),
  grid: z.string().min(1).describe("Name of the grid file, without its ending."),
  world: z.string().min(1).describe("Kind of the task."),
  baseline: named.nullable(),
  units: z.record(z.string(), z.enum(UNITS)),
  missing: z.int().min(0).describe("Cells of the grid that have not run."),
  environment: environmentSchema,
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

const COMPARED = ["source", "node", "cpu", "packages"] as const;

type Compared = Pick<StudyEnvironment, (typeof COMPARED)[number]>;

/** The first part that differs between two environments; undefined where cells of both can be compared bit by bit. */
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
  for (const { name, environment } of found) {
    const part = differingPart(environment, first.environment);
    if (part === undefined) continue;
    const [own, other] = [JSON.stringify(environment[part]), JSON.stringify(first.environment[part])];
    throw new DataError(
      `${where}: expected cells of one ${part}, got ${other} of "${first.name}" and ${own} of "${name}"`,
    );
  }
  const { commit: _commit, ...environment } = first.environment;
  return { ...environment, commits: [...new Set(found.map((one) => one.environment.commit))] };
}
