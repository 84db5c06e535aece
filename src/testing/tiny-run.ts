/**
 * @module
 * A run so small that tests of the loop take milliseconds: the fake engine on the digits task. Its samples
 * are limited to a few digits and the stop token, so that right answers happen by chance and their share can rise.
 */
import { join } from "node:path";
import type { CliContext } from "../cli/context.ts";
import { type Config, resolveConfig } from "../config/index.ts";
import { createFakeEngine, type Engine, type FakeEngineOptions } from "../engine/index.ts";
import { SMALL_ASSETS } from "../engine/small-model.ts";
import { loadTokenizer } from "../model/index.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const tokenizer = loadTokenizer(SMALL_ASSETS);
const END = tokenizer.requireTokenId("<|im_end|>");
const allowed = new Set([...[7, 8, 9].map((digit) => tokenizer.encode(String(digit))[0]), END]);
const banned = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter((id) => !allowed.has(id));

/** A path in a new directory where nothing is yet. */
export function freshPath(): string {
  return join(temporaryDirectory(), "run");
}

/** Options of the fake engine that can only write 7, 8 and 9. */
export const DIGITS_ENGINE: FakeEngineOptions = {
  vocabSize: tokenizer.vocabSize,
  promptRows: 2,
  banned,
  seed: 5,
};

/** A fake engine that can only write 7, 8 and 9. */
export function digitsFakeEngine(): Engine {
  return createFakeEngine(DIGITS_ENGINE);
}

/** A fake engine that can write anything, for demonstrations. */
export function openFakeEngine(): Engine {
  return createFakeEngine({ vocabSize: tokenizer.vocabSize, promptRows: 2, seed: 5 });
}

/** Flags of a run of four short iterations without a warm start. */
export const TINY_FLAGS: readonly string[] = [
  "data.kinds=[largest]",
  "data.digits=[3,3]",
  "data.noise=0",
  "sampling.maxCompletionTokens=3",
  "train.iterations=4",
  "train.promptsPerIteration=8",
  "train.groupSize=8",
  "train.learningRate=0.05",
  "train.checkpointEvery=2",
  "train.reportKlEvery=2",
  "train.equalGroups=drop",
  "credit=dyco-rl",
  "reward=[accuracy, {kind: format, weight: 0.1}]",
  "sft.steps=0",
  "evaluation.problems=8",
];

/** The tiny run's configuration, with more flags on top. */
export function tinyConfig(...flags: readonly string[]): Config {
  return resolveConfig({ flags: [...TINY_FLAGS, ...flags] });
}

/** The same on a data set in files. */
export function tinyFileConfig(path: string, ...flags: readonly string[]): Config {
  const own = TINY_FLAGS.filter((flag) => !flag.startsWith("data."));
  return resolveConfig({ flags: [...own, `data=${path}`, ...flags] });
}

/** A clock that moves by ten milliseconds each time it is read. */
export function steadyClock(): () => number {
  let now = 0;
  return () => {
    now += 10;
    return now;
  };
}

/** The interruption of a command that listens from its start. */
export function interruptedBy(signal: AbortSignal): CliContext["interruption"] {
  return { signal, failure: () => undefined, listen: () => signal };
}

/** A command-line context that collects what is written. */
export function collectingContext(overrides: Partial<CliContext> = {}): {
  readonly context: CliContext;
  readonly stdout: () => string;
  readonly stderr: () => string;
} {
  let out = "";
  let err = "";
  return {
    context: {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += text;
      },
      hasTerminal: false,
      hasColour: false,
      interruption: interruptedBy(new AbortController().signal),
      clock: steadyClock(),
      openEngine: async () => digitsFakeEngine(),
      ...overrides,
    },
    stdout: () => out,
    stderr: () => err,
  };
}

/**
 * A context whose user presses Ctrl-C in the midst of a run: when the engine has stepped so many times.
 */
export function stoppingAfter(steps: number): Partial<CliContext> {
  const controller = new AbortController();
  let taken = 0;
  return {
    interruption: interruptedBy(controller.signal),
    openEngine: async () => {
      const engine = digitsFakeEngine();
      return {
        ...engine,
        step: async (adam) => {
          taken += 1;
          if (taken >= steps) controller.abort();
          return engine.step(adam);
        },
      };
    },
  };
}
