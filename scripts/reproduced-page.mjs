/**
 * Writes docs/reproduced.md from the tables of `fovea reproduce --scale digits`; after `npm run build`.
 *
 *     node scripts/reproduced-page.mjs runs/reproduce
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRecipe, recipeNames } from "fovea/recipe";

const [directory] = process.argv.slice(2);
if (directory === undefined || !existsSync(join(directory, "tables", "digits"))) {
  throw new Error("expected a directory of fovea reproduce --scale digits");
}
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));
const cells = readdirSync(join(directory, "cells"))
  .map((name) => join(directory, "cells", name))
  .filter((cell) => existsSync(join(cell, "model")));
const environments = cells.map((cell) => readJson(join(cell, "environment.json")));
/** The one value that all cells have. */
function common(key) {
  const values = new Set(environments.map((one) => one[key]));
  if (values.size > 1) throw new Error(`${key}: expected one for all cells, got ${[...values].join(", ")}`);
  return values.values().next().value;
}
if (common("hasUncommittedChanges")) throw new Error("expected cells of a commit, got uncommitted changes");

const fileOf = (name) => join(directory, "tables", "digits", `${name}.md`);
const able = recipeNames().filter((name) => {
  const { recipe } = readRecipe(name);
  return recipe.kind === "runs" && !("cannot" in recipe.digits);
});
const finished = able.filter((name) => existsSync(fileOf(name)));
const missing = able.filter((name) => !existsSync(fileOf(name)));
const seconds = cells
  .flatMap((cell) => readFileSync(join(cell, "metrics.jsonl"), "utf8").trim().split("\n"))
  .reduce((sum, line) => sum + (JSON.parse(line).timing?.totalSeconds ?? 0), 0);
const begun = Math.min(...environments.map(({ startedAt }) => Date.parse(startedAt)));
const day = new Date(begun).toISOString().slice(0, 10);
const left =
  missing.length === 0 ? "" : `\n\nNot run yet: ${missing.map((name) => `\`${name}\``).join(", ")}.`;
const page = `# Reproduced at digits scale

\`fovea reproduce --all --scale digits --jobs 2\` at commit \`${common("commit").slice(0, 8)}\`, ${day}, ${common("cpu")}, ${common("cores")} cores,
Node ${common("node")}: ${finished.length} of ${able.length} recipes. Their ${cells.length} trained cells computed for ${(seconds / 3600).toFixed(1)} hours together, two at a time.
[reproduce.md](reproduce.md#at-digits-scale) describes digits scale and its limits.${left}

Rows have the paper's names. The model is the built-in one, and "printed" is of the paper's model and benchmarks: only the
designs match. With one seed, intervals and p-values speak of these weights, not of the methods. The
[study](study.md) finds standard deviations of 0.8 to 2.4 points over seeds.

${finished.map((name) => readFileSync(fileOf(name), "utf8").trim()).join("\n\n")}
`;
writeFileSync(new URL("../docs/reproduced.md", import.meta.url), page);
process.stdout.write(
  `docs/reproduced.md: ${finished.length} of ${able.length} recipes, ${cells.length} cells\n`,
);
