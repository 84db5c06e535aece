/**
 * @module
 * The setting that an unknown key was probably meant to be, for error messages.
 */
import type { z } from "zod";
import { editDistance } from "../errors/nearest-name.ts";
import { isSettings, nearestName, valueAt } from "../parts/index.ts";
import { everyKey, keysAt } from "./schema-keys.ts";

/** Settings by names that papers and other programs give them. */
export const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  lr: ["train.learningRate", "sft.learningRate"],
  kl: ["algorithm.klCoefficient"],
  klcoef: ["algorithm.klCoefficient"],
  klbeta: ["algorithm.klCoefficient"],
  beta: ["algorithm.klCoefficient"],
  epsilon: ["algorithm.clipLow", "algorithm.clipHigh"],
  eps: ["algorithm.clipLow", "algorithm.clipHigh"],
  clip: ["algorithm.clipLow", "algorithm.clipHigh"],
  cliprange: ["algorithm.clipLow", "algorithm.clipHigh"],
  epsilonlow: ["algorithm.clipLow"],
  epsilonhigh: ["algorithm.clipHigh"],
  tau: ["credit.threshold"],
  numgenerations: ["train.groupSize"],
  rollouts: ["train.groupSize"],
  maxtokens: ["sampling.maxCompletionTokens"],
  maxnewtokens: ["sampling.maxCompletionTokens"],
};

/** Fewest letters of a name for which keys of other kinds, and of other places, are searched for similar names. */
const LONG = 4;
/** Most settings that are named. */
const MOST = 3;

/** The name without capitals, underscores and hyphens. */
const plain = (name: string) => name.toLowerCase().replaceAll(/[_-]/g, "");
const ownName = (full: string) => full.slice(full.lastIndexOf(".") + 1);
const rootOf = (full: string) => full.split(".")[0];

/** Settings of training first, then those nearest to the root. */
function byPlace(a: string, b: string): number {
  const rank = (full: string) => (rootOf(full) === "train" ? 0 : full.split(".").length);
  return rank(a) - rank(b);
}

/** At another place a name is meant only where few letters differ. */
const isVeryNear = (key: string, name: string) =>
  name.startsWith(key) || editDistance(key.toLowerCase(), name.toLowerCase()) <= Math.ceil(key.length / 5);

/** The kinds of the parts at a path: of one part, or of the entries of a list. */
function kindsAt(input: unknown, path: readonly PropertyKey[]): unknown[] {
  const found = valueAt(input, path);
  const parts: readonly unknown[] = Array.isArray(found) ? found : [found];
  return parts.flatMap((part) => (isSettings(part) && "kind" in part ? [part["kind"]] : []));
}

/** Whether a key can be set beside the kinds of parts that the input chooses; any kind, of a part that it does not. */
function applies(schema: z.core.$ZodType, full: string, input: unknown): boolean {
  const path = full.split(".");
  return path.every((name, depth) => {
    const above = path.slice(0, depth);
    const owners = keysAt(schema, above).filter((known) => known.name === name);
    const kinds = kindsAt(input, above);
    return kinds.length === 0
      ? owners.length > 0
      : owners.some(({ kind }) => kind === undefined || kinds.includes(kind));
  });
}

/** Whether a key applies, and belongs to no kind of a part that the input leaves to its default. */
function isPlaced(schema: z.core.$ZodType, full: string, input: unknown): boolean {
  const above = full.split(".").slice(0, -1);
  const isOfKind = keysAt(schema, above).some(
    ({ name, kind }) => name === ownName(full) && kind !== undefined,
  );
  return applies(schema, full, input) && (!isOfKind || kindsAt(input, above).length > 0);
}

/**
 * The settings that an unknown key may represent: by another name of them, by the same name elsewhere, by a similar name
 * at the same place, or by a similar name elsewhere.
 *
 * @param path the object that has the key
 * @returns full names, the likeliest first
 */
export function nearestSettings(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
  key: string,
  input: unknown,
): readonly string[] {
  const place = path.map(String);
  const at = (name: string) => [...place, name].join(".");
  const others = (Object.hasOwn(OTHER_NAMES, plain(key)) ? OTHER_NAMES[plain(key)]! : []).filter((full) =>
    applies(schema, full, input),
  );
  const othersHere = others.filter((full) => place.length === 0 || rootOf(full) === place[0]);
  if (othersHere.length > 0) return othersHere;
  const keys = everyKey(schema).sort(byPlace);
  const same = keys.filter((full) => plain(ownName(full)) === plain(key) && isPlaced(schema, full, input));
  if (same.length > 0) return same.slice(0, MOST);
  const known = keysAt(schema, path);
  const kinds = kindsAt(input, path);
  const own = known.filter(({ kind }) => kind === undefined || kinds.includes(kind));
  const near = nearestName(key, new Set(own.map(({ name }) => name)));
  if (near !== undefined) return [at(near)];
  if (others.length > 0) return others;
  if (key.length < LONG) return [];
  const ofOtherKind = nearestName(key, new Set(known.map(({ name }) => name)));
  if (ofOtherKind !== undefined) return [at(ofOtherKind)];
  const placed = keys.filter((full) => isPlaced(schema, full, input));
  const similar = nearestName(key, placed.map(ownName));
  if (similar === undefined || !isVeryNear(key, similar)) return [];
  return [placed.find((full) => ownName(full) === similar)!];
}
