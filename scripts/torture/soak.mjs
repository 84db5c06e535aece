/**
 * @module
 * Memory of a server and of a viewer that work for long.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { complete, serveWords, start } from "./processes.mjs";

const CONFIG = fileURLToPath(new URL("./run.yaml", import.meta.url));
const [SERVE, VIEW] = [18_766, 18_767];
/** Memory of the last third over that of the second third that a leak would exceed. */
const MOST_GROWTH = 1.1;

/** @param {number | undefined} pid */
function residentMib(pid) {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return (pages * 4096) / 2 ** 20;
}

const median = (/** @type {readonly number[]} */ values) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/**
 * What grew, or why that cannot be said.
 *
 * @param {Readonly<Record<string, readonly number[]>>} memory MiB after each round, by program
 */
export function growthOf(memory) {
  return Object.entries(memory).flatMap(([name, values]) => {
    const third = Math.floor(values.length / 3);
    if (third === 0) return [`${name}: ${values.length} rounds; growth needs 3: raise --minutes`];
    const [before, after] = [median(values.slice(third, 2 * third)), median(values.slice(2 * third))];
    return after <= before * MOST_GROWTH
      ? []
      : [`${name}: ${before.toFixed(0)} MiB, then ${after.toFixed(0)} MiB`];
  });
}

/**
 * @param {{ minutes: number, directory: string }} options
 * @returns {Promise<import("./report.mjs").Trial>}
 */
export async function soak({ minutes, directory }) {
  mkdirSync(directory, { recursive: true });
  const server = start(serveWords(SERVE, join(directory, "state")));
  const viewer = start(["view", directory, "--port", String(VIEW)]);
  await wait(5000);
  /** @type {{ serve: number[], view: number[] }} */
  const memory = { serve: [], view: [] };
  let rounds = 0;
  const end = Date.now() + minutes * 60_000;
  try {
    while (Date.now() < end) {
      const engine = { kind: "tinker", url: `http://127.0.0.1:${SERVE}` };
      const words = ["train", CONFIG, "--run-dir", join(directory, `run-${rounds}`)];
      await complete([...words, "--set", `engine=${JSON.stringify(engine)}`]);
      const { items } = await (await fetch(`http://127.0.0.1:${VIEW}/api/runs`)).json();
      if (items.length === 0) throw new Error("fovea view: has no run");
      memory.serve.push(residentMib(server.child.pid));
      memory.view.push(residentMib(viewer.child.pid));
      rounds += 1;
    }
  } finally {
    for (const { child } of [server, viewer]) child.kill("SIGTERM");
    for (const { ended } of [server, viewer]) await ended;
  }
  const wrong = growthOf(memory);
  const shown = Object.entries(memory).map(
    ([name, values]) =>
      `${name} ${values[0]?.toFixed(0)} MiB at first, ${values.at(-1)?.toFixed(0)} MiB at last`,
  );
  return { name: "soak", done: `${rounds} runs in ${minutes} minutes: ${shown.join("; ")}`, wrong };
}
