/**
 * @module
 * Results of trials, one JSON line each, and the table of docs/reliability.md.
 */

/**
 * A trial: its name, how much was done in words, and each thing that went wrong.
 *
 * @typedef {{ name: string, done: string, wrong: readonly string[] }} Trial
 * @typedef {Trial & { seconds: number, commit: string, date: string, node: string }} Result
 */

/**
 * The newest result of each trial as a Markdown table.
 *
 * @param {readonly Result[]} results
 */
export function table(results) {
  const newest = new Map(results.map((result) => [result.name, result]));
  const rows = [...newest.values()].map(
    ({ name, done, wrong, seconds, commit, date }) =>
      `| ${name} | ${done} | ${wrong.length} | ${(seconds / 60).toFixed(1)} min | ${date}, ${commit} |`,
  );
  return ["| trial | done | wrong | time | when |", "|---|---|--:|--:|---|", ...rows].join("\n");
}
