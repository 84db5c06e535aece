/**
 * @module
 * The command line: all commands and their exit status. Only the called command is loaded.
 */
import { Command, CommanderError } from "commander";
import { ConfigError, FoveaError, InterruptedError } from "../errors/index.ts";
import { packageVersion } from "../package/index.ts";
import type { CliContext } from "./context.ts";
import { FAILED, INTERRUPTED, InterruptedRun } from "./interruption.ts";

/** Adds a command's arguments, options and action. */
export type Configure = (command: Command, context: CliContext) => void;

const COMMANDS: readonly {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly configure: Configure }>;
}[] = [
  {
    name: "demo",
    summary: "warm start, reinforcement learning and accuracy before and after, in minutes",
    load: () => import("./demo.ts"),
  },
  {
    name: "init",
    summary: "create a starter directory: configuration, sample rows, a reward and its test",
    load: () => import("./init.ts"),
  },
  {
    name: "train",
    summary: "reinforcement learning from verifiable rewards",
    load: () => import("./train.ts"),
  },
  { name: "sft", summary: "supervised warm start on demonstrations", load: () => import("./sft.ts") },
  {
    name: "eval",
    summary: "evaluate a model on benchmarks or on a split of its task",
    load: () => import("./eval.ts"),
  },
  {
    name: "score",
    summary: "judge recorded answers again, by another verdict or a judge",
    load: () => import("./score.ts"),
  },
  {
    name: "benchmarks",
    summary: "list the built-in benchmarks with task, size, metric and source",
    load: () => import("./benchmarks.ts"),
  },
  {
    name: "credit",
    summary: "show token weights of any credit method, on recorded signals or on a completion",
    load: () => import("./credit.ts"),
  },
  {
    name: "inspect",
    summary: "show an answer about images token by token: attention, roles and weights",
    load: () => import("./inspect.ts"),
  },
  {
    name: "compare",
    summary: "run a grid of settings and seeds and write its table; compare finished evaluations",
    load: () => import("./compare.ts"),
  },
  {
    name: "reproduce",
    summary: "run a table or figure of a paper: printed numbers beside ours",
    load: () => import("./reproduce.ts"),
  },
  {
    name: "diagnose",
    summary: "relate attention to right and wrong tokens: correlation, intervention, time course, roles",
    load: () => import("./diagnose.ts"),
  },
  {
    name: "verify",
    summary: "judge a file of answers by any verdict and list disagreements with the expected scores",
    load: () => import("./verify.ts"),
  },
  { name: "data", summary: "check a data set", load: () => import("./data.ts") },
  {
    name: "export",
    summary: "export a model in another type, in shards, merged or as ONNX; a run for TensorBoard",
    load: () => import("./export.ts"),
  },
  {
    name: "settings",
    summary: "list every configuration key with type, default and meaning",
    load: () => import("./settings.ts"),
  },
  {
    name: "sample",
    summary: "sample completions and show each token's role",
    load: () => import("./sample.ts"),
  },
  {
    name: "report",
    summary: "write a run as one HTML file and a Markdown summary",
    load: () => import("./report.ts"),
  },
  {
    name: "engine",
    summary: "check that a server's sampler and trainer agree, before and after a step",
    load: () => import("./engine.ts"),
  },
  {
    name: "serve",
    summary: "serve the Tinker API and chat completions from the local engine",
    load: () => import("./serve.ts"),
  },
  {
    name: "view",
    summary: "show runs in the browser, live while they train",
    load: () => import("./view.ts"),
  },
];

function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InterruptedRun || error instanceof InterruptedError) return INTERRUPTED;
  return error instanceof ConfigError ? 2 : FAILED;
}

/** commander's suggestion of a name is a second line. */
const oneLine = (text: string) => text.trim().replaceAll("\n", " ");

/** Prints an error on stderr, and with `--json` on stdout as well. */
function report(error: unknown, isJson: boolean, context: CliContext): void {
  if (error instanceof CommanderError) {
    // commander has already printed the error and a hint on stderr.
    if (isJson && error.exitCode !== 0) {
      const message = oneLine(error.message.replace(/^error: /, ""));
      context.stdout(`${JSON.stringify({ event: "failed", code: "usage", message })}\n`);
    }
    return;
  }
  if (error instanceof InterruptedRun || error instanceof InterruptedError) {
    context.stderr(`${error.message}\n`);
    return;
  }
  const isOurs = error instanceof FoveaError;
  const detail =
    !isOurs && error instanceof Error && error.stack !== undefined ? error.stack : wordsOf(error);
  context.stderr(`error: ${detail}\n`);
  if (isJson) context.stdout(failedLine(error));
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The event of a failed command. */
function failedLine(error: unknown): string {
  const code = error instanceof FoveaError ? error.code : "unexpected";
  return `${JSON.stringify({ event: "failed", code, message: wordsOf(error) })}\n`;
}

/** The program with the commands' names alone. */
function namedProgram(context: CliContext): Command {
  return new Command("fovea")
    .description("Reinforcement learning from verifiable rewards for vision-language models, token by token.")
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: context.stdout,
      writeErr: context.stderr,
      outputError: (text, write) => write(`${oneLine(text)} (see --help)\n`),
    });
}

/** The program with the arguments and options of every command, for its reference and for checks of documentation. */
export async function completeProgram(context: CliContext): Promise<Command> {
  const program = namedProgram(context);
  for (const { name, summary, load } of COMMANDS) {
    (await load()).configure(program.command(name).description(summary), context);
  }
  return program;
}

/**
 * Runs one command line. A command during which a forgotten promise failed has failed, however it ended.
 *
 * @param words the arguments after the program's name
 * @returns exit status: 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted
 */
export async function runCommandLine(words: readonly string[], context: CliContext): Promise<number> {
  const status = await commandStatus(words, context);
  const failure = context.interruption.failure();
  if (failure === undefined) return status;
  // Its error is on stderr already.
  if (words.includes("--json")) context.stdout(failedLine(failure.error));
  return FAILED;
}

async function commandStatus(words: readonly string[], context: CliContext): Promise<number> {
  const program = namedProgram(context);
  const called = words[0] === "help" ? words[1] : words[0];
  try {
    for (const { name, summary, load } of COMMANDS) {
      const command = program.command(name).description(summary);
      if (name === called) (await load()).configure(command, context);
    }
    await program.parseAsync([...words], { from: "user" });
    return 0;
  } catch (error) {
    report(error, words.includes("--json"), context);
    return statusOf(error);
  }
}
