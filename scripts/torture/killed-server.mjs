/**
 * @module
 * A server that is killed at random under a training client. The client's run is resumed with the server that follows, until it
 * ends as one that nobody disturbed.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { continuing, serveWords, start } from "./processes.mjs";
import { repeatedKills } from "./repeated-kills.mjs";
import { firstDifference, runContent } from "./run-content.mjs";

/** @import { Rng } from "fovea/math" */

const CONFIG = fileURLToPath(new URL("./run.yaml", import.meta.url));
const PORT = 18_765;

/**
 * Opens a server; resolves when it listens.
 *
 * @param {string} directory
 */
async function open(directory) {
  let printed = "";
  const server = start(serveWords(PORT, join(directory, "state")), {
    onPrinted: (text) => {
      printed += text;
    },
  });
  let isOver = false;
  void server.ended.then(() => {
    isOver = true;
  });
  while (!printed.includes(String(PORT))) {
    if (isOver) throw new Error(`fovea serve: ended\n${printed}`);
    await wait(20);
  }
  return server;
}

/** @param {string} path */
function client(path) {
  const engine = { kind: "tinker", url: `http://127.0.0.1:${PORT}`, retryMinutes: 0.05 };
  return start([
    ...["train", CONFIG, "--run-dir", path, "--set", `engine=${JSON.stringify(engine)}`],
    ...continuing(path),
  ]);
}

/**
 * @param {{ kills: number, directory: string, rng: Rng }} options
 * @returns {Promise<import("./report.mjs").Trial>}
 */
export async function killedServer({ kills, directory, rng }) {
  mkdirSync(directory, { recursive: true });
  const undisturbed = join(directory, "undisturbed");
  const begin = performance.now();
  const first = await open(directory);
  const { status, printed } = await client(undisturbed).ended;
  first.child.kill("SIGKILL");
  await first.ended;
  if (status !== 0) throw new Error(`the undisturbed client: exit ${status}\n${printed.slice(-2000)}`);
  const seconds = (performance.now() - begin) / 1000;
  const expected = runContent(undisturbed);

  const { killed, runs, wrong } = await repeatedKills({
    kills,
    directory,
    seconds,
    rng,
    attempt: async (path, after) => {
      const server = await open(directory);
      const run = client(path);
      let isKilled = false;
      const kill = () => {
        isKilled = true;
        server.child.kill("SIGKILL");
      };
      const timer = after === undefined ? undefined : setTimeout(kill, 1000 * after);
      const { status, printed } = await run.ended;
      clearTimeout(timer);
      server.child.kill("SIGKILL");
      await server.ended;
      if (status === 0) return false;
      if (!isKilled)
        throw new Error(`a client whose server was not killed: exit ${status}\n${printed.slice(-2000)}`);
      return true;
    },
    difference: (path) => firstDifference(expected, runContent(path)),
  });
  return {
    name: "server killed",
    done: `${killed} SIGKILLs of the server in ${runs} runs of a client`,
    wrong,
  };
}
