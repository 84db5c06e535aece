/**
 * @module
 * A grid of runs: algorithms × credit methods × seeds over one configuration. Everything in a grid but these three is
 * the same in all of its cells.
 */
import * as z from "zod";
import { type Config, findPreset, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { nearestName, type Settings } from "../parts/index.ts";

const settings = z.record(z.string(), z.unknown());

/** A part of the configuration, by its kind alone or whole. */
const choice = z.union([z.string().min(1), settings]);

/** By name, or a list of kinds, whose names they are. */
const choices = z.union([z.array(choice).min(1), z.record(z.string(), choice)]);

const gridSchema = z
  .strictObject({
    preset: z.string().optional().describe("Settings to begin with, by name."),
    config: settings.default({}).describe("Settings of every cell, over those of the preset."),
    algorithms: choices.optional().describe("Policy objectives; that of the configuration unless given."),
    credits: choices.optional().describe("Credit methods; that of the configuration unless given."),
    seeds: z
      .array(
        z
          .int()
          .min(0)
          .max(2 ** 32 - 1),
      )
      .min(1)
      .default([0, 1, 2])
      .describe("Values of train.seed."),
  })
  .describe("A grid of runs to compare.");

/** One run of a grid. */
export interface Cell {
  /** Unique in its grid, and fit for a file's name. */
  readonly name: string;
  readonly algorithm: string;
  readonly credit: string;
  readonly seed: number;
  readonly config: Config;
}

type Choices = z.output<typeof choices>;

/** Names that are files' names on every system. */
const NAME = /^[\w.=+-]+$/;

/**
 * The cells that a grid describes, seeds innermost.
 *
 * @param grid as a file says it
 * @throws ConfigError naming every cell whose configuration is impossible
 */
export function gridCells(grid: Settings): Cell[] {
  const { preset, config, algorithms, credits, seeds } = parseGrid(grid);
  const base = preset === undefined ? {} : (findPreset(preset).settings as Settings);
  const cells: Cell[] = [];
  const wrong: string[] = [];
  for (const [algorithm, algorithmPart] of named("algorithms", algorithms)) {
    for (const [credit, creditPart] of named("credits", credits)) {
      try {
        for (const seed of new Set(seeds)) {
          const overrides = {
            ...(algorithmPart !== undefined && { algorithm: algorithmPart }),
            ...(creditPart !== undefined && { credit: creditPart }),
            train: { seed },
          };
          const own = resolveConfig({ preset: base, file: config, overrides });
          const names = { algorithm: algorithm ?? own.algorithm.kind, credit: credit ?? own.credit.kind };
          cells.push({ name: `${names.algorithm}-${names.credit}-${seed}`, ...names, seed, config: own });
        }
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        wrong.push(`${algorithm ?? "algorithm"} x ${credit ?? "credit"}: ${error.message}`);
      }
    }
  }
  if (wrong.length > 0) throw new ConfigError(`grid:\n${wrong.join("\n")}`);
  return cells;
}

function parseGrid(grid: Settings): z.output<typeof gridSchema> {
  const parsed = gridSchema.safeParse(grid);
  if (parsed.success) return parsed.data;
  const words = parsed.error.issues.flatMap((issue) => {
    const where = ["grid", ...issue.path].join(".");
    if (issue.code !== "unrecognized_keys") return [`${where}: ${issue.message}`];
    return issue.keys.map((key) => {
      const nearest = nearestName(key, Object.keys(gridSchema.shape));
      return `${where}: unknown key "${key}"${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`;
    });
  });
  throw new ConfigError(words.join("\n"));
}

/** Names and parts; one pair of nothings where nothing is said. */
function named(
  what: string,
  chosen: Choices | undefined,
): [name: string | undefined, part: z.output<typeof choice> | undefined][] {
  if (chosen === undefined) return [[undefined, undefined]];
  const pairs = Array.isArray(chosen)
    ? chosen.map((part): [string, z.output<typeof choice>] => [
        typeof part === "string" ? part : String(part["kind"]),
        part,
      ])
    : Object.entries(chosen);
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ConfigError(
      `grid.${what}: "${twice}" twice; give them names: { name: { kind: ${twice}, … }, … }`,
    );
  }
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined) {
    throw new ConfigError(`grid.${what}: expected names of letters, digits and . = + - _, got "${odd}"`);
  }
  return pairs;
}
