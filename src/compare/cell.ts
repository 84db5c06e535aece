/**
 * @module
 * A cell of a grid, and its identity: a hash of everything that its weights follow from. Cells of two grids with one identity
 * are one run, and cells whose learning begins with the same weights share these.
 */
import { createHash } from "node:crypto";
import { type Config, hasWarmStart, isHarmless, moduleHashes } from "../config/index.ts";
import { isSettings } from "../parts/index.ts";

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
}

/** The cell in words, for progress and errors. */
export function cellName({ labels, seed, isTrained }: Pick<Cell, "labels" | "seed" | "isTrained">): string {
  return [...Object.values(labels), ...(isTrained ? [] : ["before training"]), `seed ${seed}`].join(", ");
}

/** Parts of `train` that look at a run and do not touch what it learns. */
const REPORTS = /^train\.(?:evaluateEvery|evaluateProblems|reportKlEvery)$/;

function leaves(value: unknown, path: string): [key: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leaves(item, `${path}.${i}`));
  if (!isSettings(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

/** Sixteen hexadecimal digits of the SHA-256 of a tree of settings, independent of the order of its keys. */
export function contentKey(value: unknown): string {
  const sorted = leaves(value, "")
    .filter(([, leaf]) => leaf !== undefined)
    .map(([key, leaf]) => `${key}=${JSON.stringify(leaf)}`)
    .sort();
  return createHash("sha256").update(sorted.join("\n")).digest("hex").slice(0, 16);
}

/** The identity of a cell. */
type Identified = Pick<Cell, "config" | "start" | "isTrained">;

/** All of a configuration that learning follows from but its first weights, with the hashes of its modules. */
function learntFrom(config: Config): unknown {
  const { evaluation: _evaluation, model: _model, sft: _sft, ...rest } = config;
  const kept = leaves(rest, "").filter(([key]) => !isHarmless(key) && !REPORTS.test(key));
  return { ...Object.fromEntries(kept), modules: moduleHashes(config) ?? null };
}

/** The identity of the starting weights. */
function startOf({ model, data, prompt, sft, engine, train }: Config): unknown {
  const isDrawn = model.kind === "small";
  const warm = hasWarmStart({ model, sft }) ? { data, prompt, sft } : null;
  return { model, engine, warm, seed: isDrawn ? train.seed : null };
}

/** Key of the weights that learning begins with. */
export function startKey({ config, start = config }: Pick<Cell, "config" | "start">): string {
  return contentKey(startOf(start));
}

/** Name of the cell's directory: a short description, and the hash that identifies it. */
export function cellKey(cell: Identified): string {
  const start = startKey(cell);
  if (!cell.isTrained) return `start-${start}`;
  const { algorithm, credit, train } = cell.config;
  const key = contentKey({ start, learning: learntFrom(cell.config) });
  return `${algorithm.kind}-${credit.kind}-${train.seed}-${key}`;
}
