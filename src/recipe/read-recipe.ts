/**
 * @module
 * Reads recipes from their files: the package's own, or any other directory of the same shape. Everything that a
 * recipe names (presets, settings, rows, columns, benchmarks) is checked, and faults are reported by file and key.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type * as z from "zod";
import { ConfigError } from "../errors/index.ts";
import { packageFile } from "../package/index.ts";
import { nearestName } from "../parts/index.ts";
import { recipeFaults } from "./faults.ts";
import {
  type DigitsScale,
  digitsScaleSchema,
  type Paper,
  paperSchema,
  type Recipe,
  recipeSchema,
} from "./schema.ts";

/** Directory of the recipes that the package ships. */
export const RECIPES: string = fileURLToPath(packageFile("recipes/"));

const PAPER = "paper";
const EXTENSION = ".yaml";

/** A recipe with its name and the fields that it shares with other recipes. */
export interface NamedRecipe {
  /** `paper/item`, such as `vicra/table-1`. */
  readonly name: string;
  readonly paper: Paper;
  readonly recipe: Recipe;
}

function readYaml<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ConfigError(`${file}: ${(cause as Error).message}`, { cause });
  }
  // A recipe is one of runs unless it says so.
  const given = schema === (recipeSchema as z.ZodType) ? withKind(value) : value;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.flatMap((issue) => {
    const where = [file, issue.path.map(String).join(".")].filter(Boolean).join(": ");
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${where}: unknown key "${key}"`);
    return [`${where}: ${issue.message}`];
  });
  throw new ConfigError(lines.join("\n"));
}

function withKind(value: unknown): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !("kind" in value) ? { kind: "runs", ...value } : value;
}

/** Names of all recipes of a directory, `paper/item`, by paper and then in the order of their numbers. */
export function recipeNames(directory: string = RECIPES): string[] {
  const inOrder = new Intl.Collator("en", { numeric: true }).compare;
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: paper }) =>
      readdirSync(join(directory, paper))
        .filter((file) => file.endsWith(EXTENSION) && file !== PAPER + EXTENSION)
        .map((file) => `${paper}/${basename(file, EXTENSION)}`),
    )
    .sort(inOrder);
}

/** The recipe whose paper and item are nearest, each by itself: dyco-rl/table-1 for dyco/table. */
function nearestByParts(name: string, names: readonly string[]): string | undefined {
  const partsOf = (full: string) => full.split("/") as [paper: string, item: string | undefined];
  const [paper, item = ""] = partsOf(name);
  const near = nearestName(paper, new Set(names.map((full) => partsOf(full)[0])));
  const items = names.flatMap((full) => (partsOf(full)[0] === near ? [partsOf(full)[1]!] : []));
  return near === undefined ? undefined : `${near}/${nearestName(item, items) ?? items[0]!}`;
}

/**
 * The recipe of a name.
 *
 * @throws ConfigError naming the nearest name where there is none, and every fault by file and key
 */
export function readRecipe(name: string, directory: string = RECIPES): NamedRecipe {
  const names = recipeNames(directory);
  if (!names.includes(name)) {
    const near = nearestName(name, names) ?? nearestByParts(name, names);
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    throw new ConfigError(`recipe: expected a name that fovea reproduce --list shows, got "${name}"${hint}`);
  }
  const folder = join(directory, name.slice(0, name.indexOf("/")));
  const file = join(directory, `${name}${EXTENSION}`);
  const paper = readYaml(join(folder, PAPER + EXTENSION), paperSchema);
  const recipe = readYaml(file, recipeSchema);
  const faults = recipeFaults(recipe, { paper, digits: readDigitsScale(directory) });
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => `${file}: ${fault}`).join("\n"));
  return { name, paper, recipe };
}

/** The replacements of the papers' models, data and benchmarks at digits scale. */
export function readDigitsScale(directory: string = RECIPES): DigitsScale {
  const file = join(directory, `digits${EXTENSION}`);
  if (!existsSync(file))
    throw new ConfigError(`${file}: expected the settings of digits scale, found no file`);
  return readYaml(file, digitsScaleSchema);
}
