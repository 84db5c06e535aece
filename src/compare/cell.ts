/**
 * @module
 * A cell of a grid, and its identity: a hash of everything that its weights follow from, and its record where that is measured. Cells of two grids with one identity
 * are one run, and cells whose learning begins with the same weights share these.
 */
import { createHash } from "node:crypto";
import { type Config, directoryHash, hasWarmStart, isHarmless, moduleHashes } from "../config/index.ts";
import { isSettings } from "../parts/index.ts";
import type { Measure } from "./measure.ts";

/** One configuration and seed of a grid. */
export interface Cell {
  /** Value's name by axis. */
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly config: Config;
  /** Configuration whose warm start learning begins with; the cell's own unless given. */
  readonly start?: Config;
  /** Whether the cell has trained weights, or the weights with which training begins. */
  readonly isTrained: boolean;
  /** Whether a measure reads the run's record, so that the settings of the record identify the cell too. */
  readonly isRecordRead?: true;
}

/** The cell in words, for progress and errors. */
export function cellName({ labels, seed, isTrained }: Pick<Cell, "labels" | "seed" | "isTrained">): string {
  return [...Object.values(labels), ...(isTrained ? [] : ["before training"]), `seed ${seed}`].join(", ");
}

/** Settings that change what a run records of itself, and nothing that it learns. */
const OF_RECORD = ["train.evaluateEvery", "train.evaluateProblems", "train.reportKlEvery"];

/** A tree of settings without the settings whose dotted key does not count. */
function kept(value: unknown, counts: (key: string) => boolean, path = ""): unknown {
  const inner = (key: string | number) => (path === "" ? String(key) : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((item, i) => kept(item, counts, inner(i)));
  if (!isSettings(value)) return value;
  const entries = Object.entries(value).filter(([key]) => counts(inner(key)));
  return Object.fromEntries(entries.map(([key, own]) => [key, kept(own, counts, inner(key))]));
}

/** A tree of settings with its keys in alphabetical order. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isSettings(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key])]),
  );
}

/** Sixteen hexadecimal digits of the SHA-256 of a tree of settings as JSON, independent of the order of its keys. */
export function contentKey(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(value)))
    .digest("hex")
    .slice(0, 16);
}

/** The identity of a cell. */
export type IdentifiedCell = Pick<Cell, "config" | "start" | "isTrained" | "isRecordRead">;

/** All of a configuration that learning follows from but its first weights, with the hashes of its modules. */
function learntFrom(config: Config): unknown {
  const { evaluation: _evaluation, model: _model, sft: _sft, ...rest } = config;
  const settings = kept(rest, (key) => !isHarmless(key) && !OF_RECORD.includes(key));
  return { settings, modules: moduleHashes(config) ?? null };
}

/** The settings that a run's record follows from, beside its learning. */
export function recordSettings({ train, creditAgreement, evaluation }: Config): unknown {
  const { evaluateEvery, evaluateProblems, reportKlEvery, rolloutsEvery, rolloutGroups } = train;
  return {
    ...{ evaluateEvery, evaluateProblems, reportKlEvery, rolloutsEvery, rolloutGroups },
    creditAgreement,
    seed: evaluation.seed,
  };
}

/** Cells for measures: trained cells whose record a measure reads say so. */
export function measuredCells(cells: readonly Cell[], measures: readonly Measure[]): readonly Cell[] {
  if (measures.every(({ evidence }) => evidence.isOfWeights)) return cells;
  return cells.map((cell) => (cell.isTrained ? { ...cell, isRecordRead: true } : cell));
}

/** Texts in a tree of settings. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The hashes of the modules that parts of a configuration name. */
export function modulesOf(config: Config, parts: unknown): Readonly<Record<string, string>> | undefined {
  const named = new Set(textsIn(parts));
  return moduleHashes(config, (path) => named.has(path));
}

/** The engine of a warm start, which samples nothing: however rollouts are computed, it is the same. */
export function startEngine({ engine }: Pick<Config, "engine">): Config["engine"] {
  return engine.kind === "local" ? { ...engine, rollouts: "fp32" } : engine;
}

/** The identity of the starting weights. */
function startOf(config: Config): unknown {
  const { model, data, prompt, sft, train } = config;
  const engine = startEngine(config);
  const isDrawn = model.kind === "small";
  const warm = hasWarmStart({ model, sft }) ? { data, prompt, sft } : null;
  const modules = modulesOf(config, [engine, warm]);
  const files = model.kind === "directory" ? directoryHash(model.path) : undefined;
  return { model, files, engine, warm, seed: isDrawn ? train.seed : null, modules };
}

/** Key of the weights that learning begins with. */
export function startKey({ config, start = config }: Pick<Cell, "config" | "start">): string {
  return contentKey(startOf(start));
}

/** Name of the cell's directory: a short description, and the hash that identifies it. */
export function cellKey(cell: IdentifiedCell): string {
  const start = startKey(cell);
  if (!cell.isTrained) return `start-${start}`;
  const { algorithm, credit, train } = cell.config;
  const record = cell.isRecordRead && recordSettings(cell.config);
  const key = contentKey({ start, learning: learntFrom(cell.config), record });
  return `${algorithm.kind}-${credit.kind}-${train.seed}-${key}`;
}
