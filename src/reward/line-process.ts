/**
 * @module
 * A process that answers each JSON line with a JSON line, in order.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { PartError } from "../errors/index.ts";
import { withinTime } from "../parts/index.ts";

/** Characters of a line quoted in errors. */
const QUOTED = 200;
/** Most lines sent before their answers are read, so that neither pipe fills up. */
const WINDOW = 64;
/** Milliseconds to watch for surplus lines after the first answer of a process, and after a batch. */
const FIRST_SILENCE = 100;
const SILENCE = 20;

const CLOSED = "closed before its answer";

export interface LineProcessOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  /** The calling part, for errors. */
  readonly name: string;
  /** Milliseconds for one answer, counted from the answer before it. */
  readonly limit: number;
}

interface Waiting {
  readonly resolve: (line: unknown) => void;
  readonly reject: (error: Error) => void;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

export class LineProcess {
  readonly #options: LineProcessOptions;
  readonly #waiting: Waiting[] = [];
  #child: Child | undefined;
  #failure: PartError | undefined;
  /** The error of a surplus line, thrown at the next call. */
  #surplus: PartError | undefined;
  /** Whether the current process has answered yet. */
  #hasAnswered = false;
  /** Number of times that it was closed. */
  #closings = 0;

  constructor(options: LineProcessOptions) {
    this.#options = options;
  }

  /**
   * Answers to the lines, in order.
   *
   * @throws PartError when the process cannot start, crashes, answers too late or with invalid JSON; the next call
   * restarts it
   */
  async ask(lines: readonly object[], signal?: AbortSignal): Promise<unknown[]> {
    this.#failure = undefined;
    this.#throwSurplus();
    const closings = this.#closings;
    const answers: unknown[] = [];
    while (answers.length < lines.length) {
      signal?.throwIfAborted();
      // Otherwise the rest of a batch would start a process that nobody ends.
      if (this.#closings > closings) throw this.#error(CLOSED, true);
      // The first answer of a process is awaited alone, so that surplus lines are detected at once.
      const isFirst = this.#child === undefined || !this.#hasAnswered;
      const count = isFirst ? 1 : WINDOW;
      const window = lines.slice(answers.length, answers.length + count).map((line) => this.#send(line));
      answers.push(...(await this.#settled(window, answers.length, lines.length)));
      if (isFirst) await this.#silent(FIRST_SILENCE);
    }
    await this.#silent(SILENCE);
    return answers;
  }

  /** Waits for surplus lines. */
  async #silent(milliseconds: number): Promise<void> {
    await sleep(milliseconds);
    this.#throwSurplus();
  }

  #throwSurplus(): void {
    const surplus = this.#surplus;
    this.#surplus = undefined;
    if (surplus !== undefined) throw surplus;
  }

  /** The answers of a window, each within the limit after the previous one; `before` of `total` lines precede them. */
  async #settled(window: readonly Promise<unknown>[], before: number, total: number): Promise<unknown[]> {
    const all = Promise.all(window);
    all.catch(() => {});
    const answers: unknown[] = [];
    for (const [i, answer] of window.entries()) {
      answers.push(
        await withinTime(answer, {
          milliseconds: this.#options.limit,
          late: () => {
            const place = `line ${before + i + 1} of ${total}`;
            const reason = `no answer to ${place} within ${this.#options.limit / 1000} s (timeoutSeconds)`;
            const error = this.#error(reason, !this.#hasAnswered);
            this.#fail(error);
            return error;
          },
        }),
      );
    }
    return answers;
  }

  #send(line: object): Promise<unknown> {
    const child = this.#started();
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(line)}\n`);
    });
  }

  #started(): Child {
    if (this.#child !== undefined) return this.#child;
    const { command, cwd } = this.#options;
    const [program = "", ...words] = command;
    const child = spawn(program, words, { cwd, stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#hasAnswered = false;
    const fail = (reason: string, isTotal = false) => {
      if (this.#child === child) this.#fail(this.#error(reason, isTotal));
    };
    child.on("error", ({ message }) => fail(`cannot start: ${message}`, true));
    child.on("exit", (code, exitSignal) =>
      fail(`the process ended with ${exitSignal ?? `exit code ${code}`}`),
    );
    child.stdin.on("error", () => {});
    createInterface({ input: child.stdout }).on("line", (text) => {
      if (this.#child === child && text.trim() !== "") this.#answer(text);
    });
    return child;
  }

  #answer(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#fail(this.#error(`expected a JSON line, got ${JSON.stringify(text.slice(0, QUOTED))}`));
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) {
      const reason = "wrote more lines than it read, so answers may belong to other lines";
      this.#surplus = this.#error(`${reason}; write other text to standard error`, true);
      this.#fail(this.#surplus);
      return;
    }
    this.#hasAnswered = true;
    next.resolve(value);
  }

  /** @param isTotal whether single lines would fail too */
  #error(reason: string, isTotal = false): PartError {
    const { name, command, cwd = process.cwd() } = this.#options;
    return new PartError(`${name}: ${command.join(" ")} (in ${cwd}): ${reason}`, { isTotal });
  }

  /** Rejects every open line and ends the process; the next call starts another. */
  #fail(error: PartError): void {
    this.#failure = error;
    const child = this.#child;
    this.#child = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    child?.kill("SIGKILL");
  }

  /** Ends the process and rejects every open line; the next call starts another process. */
  async close(): Promise<void> {
    this.#closings += 1;
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#error(CLOSED, true));
    child.stdin.end();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
      child.on("exit", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
