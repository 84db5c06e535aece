/**
 * @module
 * A reproduction's files: Markdown for people, JSON for programs.
 */
import { join } from "node:path";
import { markdownList } from "../eval/index.ts";
import { writeOutput } from "../files/index.ts";
import {
  type NamedRecipe,
  type RecipeGrid,
  type Reproduction,
  reproductionMarkdown,
} from "../recipe/index.ts";
import { describeEnvironment } from "../train/index.ts";

/**
 * Writes `tables/<scale>/<recipe>.md` and `.json` into a directory.
 *
 * @returns the path of the Markdown file
 */
export function writeReproduction(
  directory: string,
  { name, recipe, paper, grid }: NamedRecipe & { readonly grid: RecipeGrid },
  found: Reproduction,
): string {
  const base = join(directory, "tables", found.scale, name);
  const left = [...grid.leftOut, ...grid.unmeasured].map(({ name: what, reason }) => `${what}: ${reason}`);
  const parts = [
    `## ${name}`,
    recipe.title,
    reproductionMarkdown(found).trimEnd(),
    ...(left.length === 0 ? [] : [markdownList(left)]),
  ];
  writeOutput(`${base}.md`, `${parts.join("\n\n")}\n`);
  const { fovea, commit } = describeEnvironment();
  const { leftOut, unmeasured } = grid;
  const record = {
    version: 1,
    recipe: name,
    paper: paper.source,
    item: recipe.item,
    fovea,
    commit,
    ...found,
    leftOut,
    unmeasured,
  };
  writeOutput(`${base}.json`, `${JSON.stringify(record, null, 2)}\n`);
  return `${base}.md`;
}
