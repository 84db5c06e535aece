/**
 * Mutation testing of the pure rooms: each condition, operator and literal of a file is changed, and a test must fail. Messages
 * are not changed, and code that runs once, when a module is loaded, is not either.
 *
 *     npm run mutation                                   math, credit, objective and verify; hours
 *     npm run mutation -- --mutate src/math/kl.ts        some files, by glob, apart by commas
 *     npm run mutation -- --sample 60                    so many lines of each room, drawn by --seed, 0 unless given
 *     npm run mutation -- --rooms math,credit            some of the four rooms, apart by commas; whole, or with --sample
 *
 * The first run installs Stryker into this folder. Prints each mutant that no test found, and for every room the share of mutants
 * that tests found. A sample estimates the share of the whole room, with its 95 % Wilson interval; mutants over several lines are
 * not drawn.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Rng, wilsonInterval } from "fovea/math";
import { repositoryFiles, root } from "./repository-files.mjs";

const ROOMS = ["math", "credit", "objective", "verify"];
const here = join(root, ".ci", "mutation");
const report = join(here, "report.json");
/** States of a mutant that count as found, and as not found. */
const [FOUND, MISSED] = [
  ["Killed", "Timeout"],
  ["Survived", "NoCoverage"],
];

const { values } = parseArgs({
  options: {
    mutate: { type: "string" },
    sample: { type: "string" },
    rooms: { type: "string", default: ROOMS.join(",") },
    seed: { type: "string", default: "0" },
    concurrency: { type: "string", default: "2" },
  },
});

const rooms = values.rooms.split(",");
const unknown = rooms.filter((room) => !ROOMS.includes(room));
if (unknown.length > 0)
  throw new Error(`No mutation testing of ${unknown.join(", ")}; rooms are ${ROOMS.join(", ")}.`);

function run(command, words, cwd) {
  const { status, error } = spawnSync(command, words, { cwd, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const filesOf = (room) =>
  repositoryFiles([`src/${room}/*.ts`]).filter(
    (path) => !path.endsWith(".test.ts") && !path.endsWith("/index.ts"),
  );

/** Lines that no mutant is made of: empty, comments, imports and closing brackets. */
const WITHOUT_CODE = /^\s*(?:$|\/\/|\/\*|\*|import |export (?:\{|\* from)|[)\]}]+[;,]?$)/;

/** Lines of a room as Stryker names them, so many in a drawn order. */
function drawnLines(room, count) {
  const rng = new Rng(Number(values.seed)).fork(room);
  return filesOf(room)
    .flatMap((path) =>
      readFileSync(join(root, path), "utf8")
        .split("\n")
        .flatMap((line, at) => (WITHOUT_CODE.test(line) ? [] : [`${path}:${at + 1}-${at + 1}`])),
    )
    .map((line) => ({ line, order: rng.uniform() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ line }) => line);
}

if (!existsSync(join(here, "node_modules"))) run("npm", ["ci", "--ignore-scripts"], here);
const sampled = values.sample === undefined ? filesOf : (room) => drawnLines(room, Number(values.sample));
const mutated = values.mutate ?? rooms.flatMap(sampled).join(",");
rmSync(report, { force: true });
const stryker = join(here, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
const settings = join(here, "stryker.config.json");
run(
  process.execPath,
  [stryker, "run", settings, "--mutate", mutated, "--concurrency", values.concurrency],
  root,
);

const { files: reported } = JSON.parse(readFileSync(report, "utf8"));
const mutants = Object.entries(reported).flatMap(([path, { mutants: own }]) =>
  own.map(({ mutatorName, location, replacement, status }) => ({
    path,
    place: `${path}:${location.start.line}:${location.start.column}`,
    what: `${mutatorName}${replacement === undefined ? "" : ` ${replacement.split("\n")[0]}`}`,
    isFound: FOUND.includes(status),
    isMissed: MISSED.includes(status),
  })),
);
for (const { place, what } of mutants.filter(({ isMissed }) => isMissed)) console.log(`${place}: ${what}`);
for (const room of ROOMS) {
  const own = mutants.filter(({ path }) => path.startsWith(`src/${room}/`));
  const [killed, missed] = [own.filter(({ isFound }) => isFound), own.filter(({ isMissed }) => isMissed)];
  const all = killed.length + missed.length;
  const paths = new Set(own.map(({ path }) => path));
  if (all === 0) continue;
  const found = wilsonInterval(killed.length, all);
  const [share, low, high] = [found.estimate, found.low, found.high].map((one) => (100 * one).toFixed(1));
  const interval = values.sample === undefined ? "" : ` (${low} to ${high})`;
  console.log(`${room}: ${share} %${interval} of ${all} mutants of ${paths.size} files`);
}
