/**
 * @module
 * The run directory: the files of a run, a contract for viewers and scripts. docs/run-directory.md describes it; change
 * both together, with the version.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, RunError } from "../../errors/index.ts";
import { replaceFile } from "../../files/index.ts";
import type { RunDescription, RunEnd } from "../loop/observer.ts";
import { differences } from "./differences.ts";
import type { Environment } from "./environment.ts";
import { numbered } from "./numbered.ts";
import { ROLLOUT_INDEX, rolloutIndexEntry } from "./rollout-index.ts";

/** Version of the contract, increased when a file's meaning changes. */
export const RUN_DIRECTORY_VERSION = 1;

/** The content of config.json. */
export interface RunRecord extends RunDescription {
  readonly version: number;
}

/** Which keys may change when a run resumes, and how keys of older releases are completed. */
export interface ResumeRules {
  /** The recorded configuration with the defaults of keys added since. */
  readonly complete?: (config: RunDescription["config"]) => unknown;
  /** Whether the value of a dotted key may change between the run and its resumption. */
  readonly mayChange?: (
    key: string,
    now: RunDescription["config"],
    before: RunDescription["config"],
  ) => boolean;
  /** Whether user modules and parts made in code may have changed; default: no. */
  readonly acceptModules?: boolean;
}

const JSON_FILES = { config: "config.json", environment: "environment.json", end: "end.json" } as const;
const METRICS = "metrics.jsonl";
const ROLLOUTS = "rollouts";
/** A file of rollouts, or the temporary file of one. */
const ROLLOUT_FILE = /^(\d+)\.jsonl(\.\d+\.tmp)?$/;
/** Files of a run that was killed before its config.json was there. */
const BEGUN = /^(?:(?:process|environment)\.json|(?:environment|config)\.json\.\d+\.tmp)$/;

function asRunError(what: string, error: unknown): RunError {
  const cause = error as NodeJS.ErrnoException;
  const reason = cause.code === "ENOSPC" ? "no space left on the disk" : cause.message;
  return new RunError(`${what}: ${reason}`, { cause });
}

/** User modules or parts whose text has changed, each with advice. */
function textChanges(
  what: "module" | "part",
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const short = (hash: string | undefined) =>
    hash === undefined ? "not used" : `SHA-256 ${hash.slice(0, 12)}`;
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((path) => before[path] !== now[path])
    .map(
      (path) =>
        `${what} ${path}: ${short(before[path])} before, ${short(now[path])} now; undo the change, or resume with --accept-modules (acceptModules)`,
    );
}

/** The content of end.json. */
export type RecordedEnd =
  | RunEnd
  | { readonly status: "failed"; readonly code: string; readonly message: string };

/** An open run directory. */
export class RunDirectory {
  readonly path: string;
  readonly record: RunRecord;

  private constructor(path: string, record: RunRecord) {
    this.path = path;
    this.record = record;
  }

  /** Whether the path holds a run. */
  static exists(path: string): boolean {
    return existsSync(join(path, JSON_FILES.config));
  }

  /**
   * Starts a run: writes environment.json and, last, config.json.
   *
   * @throws ConfigError when the path has anything else than what a killed start leaves
   * @throws RunError when it cannot be written
   */
  static create(path: string, record: RunDescription, environment: Environment): RunDirectory {
    RunDirectory.makeFree(path);
    const complete: RunRecord = { version: RUN_DIRECTORY_VERSION, ...record };
    const directory = new RunDirectory(path, complete);
    directory.writeJson(JSON_FILES.environment, environment);
    directory.writeJson(JSON_FILES.config, complete);
    return directory;
  }

  /**
   * Makes the directory of a new run.
   *
   * @throws ConfigError unless a new run can start here
   * @throws RunError when it cannot be made
   */
  static makeFree(path: string): void {
    RunDirectory.requireFree(path);
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw asRunError(`run directory ${path}: cannot be made`, error);
    }
  }

  /**
   * Throws unless a new run can start here.
   *
   * @throws ConfigError
   */
  static requireFree(path: string): void {
    if (RunDirectory.exists(path)) {
      throw new ConfigError(
        `run directory ${path}: already holds a run; resume it with --resume, remove it, or choose another --run-dir`,
      );
    }
    let entries: string[] = [];
    try {
      entries = readdirSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        throw new ConfigError(`run directory ${path}: ${(error as Error).message}`, { cause: error });
      }
    }
    if (!entries.every((name) => BEGUN.test(name))) {
      throw new ConfigError(`run directory ${path}: is not empty and holds no run; choose another --run-dir`);
    }
  }

  /**
   * Opens an existing run.
   *
   * @throws RunError when there is no run, or it has another version
   */
  static open(path: string): RunDirectory {
    const file = join(path, JSON_FILES.config);
    let record: RunRecord;
    try {
      record = JSON.parse(readFileSync(file, "utf8")) as RunRecord;
    } catch (error) {
      const reason = existsSync(file)
        ? (error as Error).message
        : "it holds no run, or one that was stopped before it began, which starts again without --resume";
      throw new RunError(`run directory ${path}: no readable ${JSON_FILES.config}: ${reason}`, {
        cause: error,
      });
    }
    if (record.version !== RUN_DIRECTORY_VERSION) {
      throw new RunError(`${file}: expected version ${RUN_DIRECTORY_VERSION}, got ${record.version}`);
    }
    return new RunDirectory(path, record);
  }

  /**
   * Accepts the record of a resumed run, of which only harmless keys may have changed.
   *
   * @throws RunError naming the differences
   */
  acceptResume(
    record: RunDescription,
    { complete, mayChange, acceptModules = false }: ResumeRules = {},
  ): void {
    const before = this.record;
    if (before.kind !== record.kind) {
      throw new RunError(
        `run directory ${this.path}: \`fovea ${before.kind}\` wrote it, and \`fovea ${record.kind}\` cannot continue it`,
      );
    }
    const own = JSON.parse(
      JSON.stringify(complete?.(before.config) ?? before.config),
    ) as RunDescription["config"];
    const now = JSON.parse(JSON.stringify(record.config)) as RunDescription["config"];
    const changed = differences(own, now);
    const forbidden = changed.filter(
      (line) => !(mayChange?.(line.split(":", 1)[0] ?? "", now, own) ?? false),
    );
    const parts = before.parts && record.parts ? textChanges("part", before.parts, record.parts) : [];
    const modules = [...textChanges("module", before.modules ?? {}, record.modules ?? {}), ...parts];
    const found = [
      ...forbidden,
      ...differences(before.data, record.data, "data fingerprint"),
      ...(acceptModules ? [] : modules),
    ];
    if (found.length > 0) {
      throw new RunError(
        `run directory ${this.path}: cannot be resumed, it differs:\n  ${found.join("\n  ")}`,
      );
    }
    if (changed.length > 0 || modules.length > 0) this.writeJson(JSON_FILES.config, { ...before, ...record });
  }

  /**
   * Fails where a run has gone further than it is to go.
   *
   * @param completed iterations or steps of the newest checkpoint
   * @throws RunError
   */
  requireSteps({ kind, steps }: Pick<RunDescription, "kind" | "steps">, completed: number): void {
    if (completed <= steps) return;
    const setting = kind === "sft" ? "sft.steps" : "train.iterations";
    throw new RunError(
      `run directory ${this.path}: cannot be resumed: ${setting}: expected at least ${completed}, which its newest checkpoint has, ` +
        `got ${steps}`,
    );
  }

  /** The path of something in this directory. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  writeJson(name: string, value: unknown): void {
    replaceFile(this.at(name), [`${JSON.stringify(value, null, 2)}\n`]);
  }

  /** Writes end.json: how the run ended. */
  noteEnd(end: RecordedEnd): void {
    const { status } = end;
    const facts =
      status === "failed" ? { code: end.code, message: end.message } : { completed: end.completed };
    this.writeJson(JSON_FILES.end, { status, ...facts });
  }

  /** Whether end.json says that the run has finished. */
  hasFinished(): boolean {
    try {
      return (JSON.parse(readFileSync(this.at(JSON_FILES.end), "utf8")) as RecordedEnd).status === "finished";
    } catch {
      return false;
    }
  }

  /** Removes end.json: the run continues. */
  forgetEnd(): void {
    rmSync(this.at(JSON_FILES.end), { force: true });
  }

  /** Records in environment.json that the run was resumed. */
  noteResume(environment: Environment, completed: number): void {
    const file = this.at(JSON_FILES.environment);
    let before: { resumes?: unknown[] } = {};
    if (existsSync(file)) before = JSON.parse(readFileSync(file, "utf8")) as { resumes?: unknown[] };
    const resumes = [...(before.resumes ?? []), { after: completed, environment }];
    this.writeJson(JSON_FILES.environment, { ...before, resumes });
  }

  /**
   * Adds one line to metrics.jsonl.
   *
   * @throws RunError when it cannot be written
   */
  async appendMetrics(record: object): Promise<void> {
    try {
      await appendFile(this.at(METRICS), `${JSON.stringify(record)}\n`);
    } catch (error) {
      throw asRunError(`${this.at(METRICS)}: cannot be written`, error);
    }
  }

  /**
   * Writes rollouts/<iteration>.jsonl, whole, and its line of the index.
   *
   * @throws RunError when one cannot be written
   */
  writeRollouts(iteration: number, lines: readonly object[]): void {
    if (lines.length === 0) return;
    mkdirSync(this.at(ROLLOUTS), { recursive: true });
    const texts = lines.map((line) => `${JSON.stringify(line)}\n`);
    replaceFile(this.at(ROLLOUTS, `${numbered(iteration)}.jsonl`), [texts.join("")]);
    try {
      appendFileSync(
        this.at(ROLLOUT_INDEX),
        `${JSON.stringify(rolloutIndexEntry(iteration, lines, texts))}\n`,
      );
    } catch (error) {
      throw asRunError(`${this.at(ROLLOUT_INDEX)}: cannot be written`, error);
    }
  }

  /** Every whole record of metrics.jsonl. */
  metrics(): Promise<Record<string, unknown>[]> {
    return this.#records(METRICS);
  }

  async #records(name: string): Promise<Record<string, unknown>[]> {
    const text = await readFile(this.at(name), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw asRunError(`${this.at(name)}: cannot be read`, error);
    });
    return text.split("\n").flatMap((line) => {
      if (line === "") return [];
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
  }

  /**
   * Deletes all records after the given iteration, so that later iterations can run again.
   *
   * @param isMeasured whether the evaluation after that iteration is kept, and what follows it
   */
  async truncateAfter(completed: number, isMeasured: boolean): Promise<void> {
    for (const name of [METRICS, ROLLOUT_INDEX]) {
      if (!existsSync(this.at(name))) continue;
      let isOver = false;
      const kept = (await this.#records(name)).filter(({ iteration, event }) => {
        isOver ||= !isMeasured && event === "evaluation" && iteration === completed;
        return Number(iteration) <= completed && !isOver;
      });
      replaceFile(this.at(name), [kept.map((record) => `${JSON.stringify(record)}\n`).join("")]);
    }
    if (!existsSync(this.at(ROLLOUTS))) return;
    for (const name of readdirSync(this.at(ROLLOUTS))) {
      const [, iteration, temporary] = ROLLOUT_FILE.exec(name) ?? [];
      const isLater = temporary !== undefined || Number(iteration) > completed;
      if (isLater) rmSync(this.at(ROLLOUTS, name), { force: true });
    }
  }
}
