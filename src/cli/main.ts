#!/usr/bin/env node
/**
 * @module
 * The fovea command.
 */
import { useFewArenas } from "./few-arenas.ts";
import { FAILED, interruptionBy, onForgottenFailure, onReaderGone } from "./interruption.ts";
import { runCommandLine } from "./program.ts";

if (process.argv[2] === "serve") useFewArenas(process);

const { env, stdout, stderr } = process;
const isColourWanted = env["NO_COLOR"] === undefined || env["NO_COLOR"] === "";
const interruption = interruptionBy(
  process,
  (text) => stderr.write(text),
  (status) => process.exit(status),
);
onReaderGone(stdout, interruption.request);
onReaderGone(stderr, () => undefined);
onForgottenFailure(
  process,
  (text) => stderr.write(text),
  (error) => {
    // A promise may fail after the command has ended.
    process.exitCode = FAILED;
    interruption.fail(error);
  },
);
process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: (text) => stdout.write(text),
  stderr: (text) => stderr.write(text),
  hasTerminal: stderr.isTTY ?? false,
  columns: () => stderr.columns,
  hasColour: isColourWanted && (stdout.isTTY ?? false),
  interruption,
  clock: () => performance.now(),
});
interruption.dispose();
