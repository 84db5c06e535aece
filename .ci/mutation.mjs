/**
 * Mutation testing of the pure rooms: each condition, operator and literal of a file is changed, and a test must fail. Messages
 * are not changed, and code that runs once, when a module is loaded, is not either.
 *
 *     npm run mutation                                   math, credit, objective and verify; hours
 *     npm run mutation -- --mutate src/math/kl.ts        some files, by glob, apart by commas
 *     npm run mutation -- --sample 40                    so many files of each room, drawn by the seed 0
 *
 * The first run installs Stryker into this folder. Prints the share of mutants that tests found, by room, and those that survived.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Rng } from "fovea/math";
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
    concurrency: { type: "string", default: "2" },
  },
});

function run(command, words, cwd) {
  const { status, error } = spawnSync(command, words, { cwd, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Files of a room that hold code, so many of them in a drawn order. */
function filesOf(room, count = Infinity) {
  const rng = new Rng(0).fork(room);
  return repositoryFiles([`src/${room}/*.ts`])
    .filter((path) => !path.endsWith(".test.ts") && !path.endsWith("/index.ts"))
    .map((path) => [rng.uniform(), path])
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, path]) => path);
}

if (!existsSync(join(here, "node_modules"))) run("npm", ["ci", "--ignore-scripts"], here);
const count = values.sample === undefined ? Infinity : Number(values.sample);
const files = values.mutate ?? ROOMS.flatMap((room) => filesOf(room, count)).join(",");
rmSync(report, { force: true });
const stryker = join(here, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
const settings = join(here, "stryker.config.json");
run(
  process.execPath,
  [stryker, "run", settings, "--mutate", files, "--concurrency", values.concurrency],
  root,
);

const { files: found } = JSON.parse(readFileSync(report, "utf8"));
const mutants = Object.entries(found).flatMap(([path, { mutants: own }]) =>
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
  if (all > 0)
    console.log(
      `${room}: ${((100 * killed.length) / all).toFixed(1)} % of ${all} mutants of ${paths.size} files`,
    );
}
