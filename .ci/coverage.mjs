/**
 * Coverage of the tests by room, each a folder of `src` or the viewer, from the report that `vitest run --coverage` leaves. Code that runs in
 * threads and in processes of its own (the local engine's computing, the command line as a program) counts only where a test also
 * calls it directly.
 *
 *     npm run coverage
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** @typedef {{ total: number, covered: number }} Count */
/** @typedef {Record<"lines" | "branches" | "functions", Count>} Counts */

const root = join(import.meta.dirname, "..");
/** @type {Record<string, Counts>} */
const { total: _total, ...files } = JSON.parse(
  readFileSync(join(root, "coverage/coverage-summary.json"), "utf8"),
);

/** @type {Map<string, Counts>} */
const rooms = new Map();
for (const [path, counts] of Object.entries(files)) {
  const [top, inner = ""] = relative(root, path).split("/");
  const room = top === "src" ? inner : top;
  const none = () => ({ total: 0, covered: 0 });
  const sums = rooms.get(room) ?? { lines: none(), branches: none(), functions: none() };
  rooms.set(room, sums);
  for (const kind of /** @type {const} */ (["lines", "branches", "functions"])) {
    sums[kind].total += counts[kind].total;
    sums[kind].covered += counts[kind].covered;
  }
}

/** @param {Count} count */
const share = ({ total, covered }) => (total === 0 ? "" : `${((100 * covered) / total).toFixed(1)} %`);
const rows = [...rooms]
  .toSorted(([a], [b]) => a.localeCompare(b))
  .map(([room, { lines, branches, functions }]) => [
    `\`${room}\``,
    String(lines.total),
    share(lines),
    share(branches),
    share(functions),
  ]);
for (const row of [
  ["room", "lines", "of lines", "of branches", "of functions"],
  ["---", "--:", "--:", "--:", "--:"],
  ...rows,
]) {
  process.stdout.write(`| ${row.join(" | ")} |\n`);
}
