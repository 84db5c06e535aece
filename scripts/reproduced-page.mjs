/**
 * Writes docs/reproduced.md from the tables of `fovea reproduce --scale digits`; after `npm run build`.
 *
 *     node scripts/reproduced-page.mjs runs/reproduce
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recipeNames } from "#recipe";

const [directory] = process.argv.slice(2);
if (directory === undefined || !existsSync(join(directory, "tables", "digits"))) {
  throw new Error("expected a directory of fovea reproduce --scale digits");
}
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));
const runs = ["warm-starts", "cells"].flatMap((kind) =>
  readdirSync(join(directory, kind)).map((name) => join(directory, kind, name)),
);
const environments = runs.map((run) => readJson(join(run, "environment.json")));
/** The one value that all runs have. */
function common(key) {
  const values = new Set(environments.map((one) => one[key]));
  if (values.size > 1) throw new Error(`${key}: expected one for all runs, got ${[...values].join(", ")}`);
  return values.values().next().value;
}
if (common("hasUncommittedChanges")) throw new Error("expected runs of a commit, got uncommitted changes");

const tables = recipeNames().flatMap((name) => {
  const file = join(directory, "tables", "digits", `${name}.md`);
  return existsSync(file) ? [{ name, file, text: readFileSync(file, "utf8").trim() }] : [];
});
const starts = environments.map(({ startedAt }) => Date.parse(startedAt));
const minutes = Math.round(
  (Math.max(...tables.map(({ file }) => statSync(file).mtimeMs)) - Math.min(...starts)) / 60_000,
);
const took = `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
const trained = readdirSync(join(directory, "cells")).length;
const day = new Date(Math.min(...starts)).toISOString().slice(0, 10);
const page = `# Reproduced at digits scale

\`fovea reproduce --all --scale digits --jobs 2\` at commit \`${common("commit").slice(0, 8)}\`, ${day}, ${common("cpu")}, ${common("cores")} cores,
Node ${common("node")}: ${tables.length} recipes, ${trained} trained cells and ${runs.length - trained} warm starts in ${took}. What digits scale is, and what it can show, is in
[reproduce.md](reproduce.md#at-digits-scale).

Rows have the paper's names. The model is the built-in one, and "printed" is of the paper's model and benchmarks: only the
designs match. With one seed, intervals and p-values speak of these weights, not of the methods. The
[study](study.md) finds standard deviations of 0.8 to 2.4 points over seeds.

${tables.map(({ text }) => text).join("\n\n")}
`;
writeFileSync(new URL("../docs/reproduced.md", import.meta.url), page);
process.stdout.write(`docs/reproduced.md: ${tables.length} recipes, ${trained} trained cells, ${took}\n`);
