import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { madeRun } from "../testing/made-run.ts";
import { collectingContext, digitsFakeEngine, freshPath, TINY_FLAGS } from "../testing/tiny-run.ts";
import { interruptionBy } from "./interruption.ts";
import { runCommandLine } from "./program.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const eventsOf = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** An interruption that a test can let fail. */
const interruption = () =>
  interruptionBy(
    new EventEmitter(),
    () => undefined,
    () => expect.unreachable("exits at once"),
  );

test("fovea view ends with status 1 after a forgotten promise failed, not with 0", async () => {
  const own = interruption();
  const { context, stdout } = collectingContext({ interruption: own });
  const ended = runCommandLine(["view", madeRun(), "--port", "0", "--json"], context);
  await vi.waitFor(() => expect(stdout()).toContain("listening"), { timeout: 30_000 });
  own.fail(new Error("no network"));
  expect(await ended).toBe(1);
  expect(eventsOf(stdout()).at(-1)).toEqual({ event: "failed", code: "unexpected", message: "no network" });
});

test("fovea train ends in order after a forgotten promise failed, with status 1 and the event of a failure", async () => {
  const own = interruption();
  const { context, stdout, stderr } = collectingContext({
    interruption: own,
    openEngine: async () => {
      const engine = digitsFakeEngine();
      return {
        ...engine,
        step: async (adam) => {
          own.fail("no network");
          return engine.step(adam);
        },
      };
    },
  });
  const flags = TINY_FLAGS.flatMap((flag) => ["--set", flag]);
  expect(await runCommandLine(["train", ...flags, "--run-dir", freshPath(), "--json"], context)).toBe(1);
  const events = eventsOf(stdout()).map(({ event, message }) => [event, message]);
  expect(events.slice(-2)).toEqual([
    ["interrupted", undefined],
    ["failed", "no network"],
  ]);
  expect(stderr()).toContain("continue with: fovea train --resume");
});

test("the program itself ends so", async () => {
  // Once the command listens to Ctrl-C.
  const forgotten = `
    const timer = setInterval(() => {
      if (process.listenerCount("SIGINT") === 0) return;
      clearInterval(timer);
      Promise.reject(new Error("lost"));
    }, 50);
  `;
  const preload = `data:text/javascript,${encodeURIComponent(forgotten)}`;
  const words = ["--import", preload, PROGRAM, "view", madeRun()];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (data) => (stderr += String(data)));
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect(stderr).toContain("error: a promise failed that nobody waits for");
  expect(status).toBe(1);
});
