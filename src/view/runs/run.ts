/**
 * @module
 * One run directory as the viewer reads it, in any state: half-written, of another version, or being deleted
 * meanwhile. Nothing is written, and nothing outside of it is opened.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Config, WARM_START } from "../../config/index.ts";
import { RunError } from "../../errors/index.ts";
import { FINAL_MODEL, ROLLOUT_INDEX, RUN_DIRECTORY_VERSION } from "../../train/index.ts";
import type {
  GroupSummary,
  MetricsReply,
  RolloutDetail,
  RolloutPage,
  RolloutRanking,
  RunSummary,
} from "../protocol.ts";
import { containedPath } from "./contained-path.ts";
import { dotted, isObject, type JsonObject, numberOf, parseObject, textOf } from "./json-fields.ts";
import { KeptNumbers } from "./kept-numbers.ts";
import type { MetricTable } from "./metric-table.ts";
import { MetricsEnd, NO_PROGRESS, type Progress } from "./metrics-end.ts";
import { DEPTH } from "./places.ts";
import { rolloutGroup, rolloutGroupSummary, rolloutPage } from "./rollout-file.ts";
import { type RankedPlace, type RankingQuery, type RolloutFileState, RolloutIndex } from "./rollout-index.ts";
import { tokenClip } from "./run-algorithm.ts";
import { type RecordedEnd, recordedEnd, runStop } from "./run-stop.ts";
import { CHECKPOINTS, type RunWeights, runWeights } from "./run-weights.ts";

const MAX_CONFIG_BYTES = 4 << 20;
/** A change of the run's state is a change of one of them. */
const STATE_PLACES = [
  "",
  "config.json",
  "environment.json",
  "end.json",
  CHECKPOINTS,
  FINAL_MODEL,
  WARM_START,
  `${WARM_START}/${FINAL_MODEL}`,
];
const ROLLOUTS = "rollouts";
const ROLLOUT_FILE = /^\d{1,12}\.jsonl$/;
/** Completions on a page of a list across iterations. */
const RANKED = 64;

/** The content of config.json, as far as it can be used. */
interface OpenedRecord {
  readonly kind: string;
  /** Iterations or steps of the whole run; null where an earlier release wrote it. */
  readonly steps: number | null;
  readonly config: JsonObject;
  readonly data: JsonObject;
}

/** How far a run is. */
export interface RunState extends Pick<RunSummary, "isFinished" | "stopped" | "startedAt"> {
  /** Weights that can be loaded, newest first. */
  readonly weights: readonly string[];
}

interface KeptState {
  readonly weights: RunWeights;
  readonly startedAt: string | null;
  readonly end: RecordedEnd | undefined;
}

/** A run directory, opened for reading. */
export class Run {
  readonly id: string;
  readonly path: string;
  readonly #isRun: boolean;
  readonly #numbers: KeptNumbers;
  readonly #end = new MetricsEnd();
  /** Read again only where another run was begun at this path. */
  #record: OpenedRecord | undefined;
  #recordVersion: string | undefined;
  #kept: ({ readonly key: string } & KeptState) | undefined;

  /**
   * @param isRun false where nothing was found at the path, nor below it
   * @param numbers shared by runs that are open at the same time
   */
  constructor(id: string, path: string, isRun = true, numbers = new KeptNumbers()) {
    this.id = id;
    this.path = path;
    this.#isRun = isRun;
    this.#numbers = numbers;
  }

  /**
   * The content of config.json.
   *
   * @throws RunError when it is missing, cut off, or of another version
   */
  async record(): Promise<OpenedRecord> {
    const stats = await stat(join(this.path, "config.json")).catch(() => undefined);
    const version = stats && `${stats.ino}-${stats.size}-${stats.mtimeMs}`;
    if (this.#record === undefined || version !== this.#recordVersion) {
      const record = await this.#readRecord();
      // All that was read is of another run.
      if (this.#record !== undefined) this.#numbers.forget(this);
      this.#record = record;
      this.#recordVersion = version;
    }
    return this.#record;
  }

  /**
   * Another where another run was begun at this path.
   *
   * @throws RunError as `record`
   */
  async version(): Promise<string> {
    await this.record();
    return this.#recordVersion ?? "";
  }

  async #readRecord(): Promise<OpenedRecord> {
    const file = await containedPath(this.path, "config.json");
    if (file === undefined)
      throw new RunError(
        `config.json is not there (yet)${this.#isRun ? "" : `, and no run is within ${DEPTH} levels below`}: ${join(this.path, "config.json")}`,
      );
    if ((await stat(file)).size > MAX_CONFIG_BYTES) throw new RunError("config.json is too long to be one");
    const record = parseObject(await readFile(file, "utf8"));
    if (record === undefined) throw new RunError("config.json is cut off or no JSON");
    const { version, kind, steps, config, data } = record;
    if (version !== RUN_DIRECTORY_VERSION) {
      throw new RunError(
        `config.json: expected version ${RUN_DIRECTORY_VERSION}, got ${JSON.stringify(version) ?? "none"}; ` +
          "another version of Fovea wrote this run",
      );
    }
    return {
      kind: textOf(kind, "train"),
      steps: numberOf(steps),
      config: isObject(config) ? config : {},
      data: isObject(data) ? data : {},
    };
  }

  /** The resolved configuration; its parts may belong to another release, so use it with care. */
  async config(): Promise<Config> {
    return (await this.record()).config as Config;
  }

  /** The state of this run; a defect is a text in it, not an error. */
  async summary(): Promise<RunSummary> {
    try {
      const { kind, steps, config } = await this.record();
      const [progress, { isFinished, stopped, weights, startedAt }] = await Promise.all([
        this.progress(),
        this.state(),
      ]);
      return {
        id: this.id,
        path: this.path,
        kind,
        problem: null,
        planned: steps ?? plannedSteps(kind, config),
        version: this.#recordVersion ?? "",
        ...progress,
        isFinished,
        stopped,
        startedAt,
        method: methodOf(kind, config),
        tokenClip: kind === "sft" ? null : tokenClip(config as Config),
        config: dotted(config),
        weights,
      };
    } catch (error) {
      return {
        id: this.id,
        path: this.path,
        kind: "unknown",
        problem: error instanceof Error ? error.message : String(error),
        planned: null,
        version: "",
        ...NO_PROGRESS,
        isFinished: false,
        stopped: null,
        startedAt: null,
        method: null,
        tokenClip: null,
        config: {},
        weights: [],
      };
    }
  }

  /** environment.json as it is; undefined when it is missing, or too long to be one. */
  async environmentText(): Promise<string | undefined> {
    const file = await containedPath(this.path, "environment.json");
    if (file === undefined || (await stat(file)).size > MAX_CONFIG_BYTES) return undefined;
    return readFile(file, "utf8");
  }

  /**
   * Weights, start and end of the run. They are kept until one of their files, or a folder of weights, has changed; whether
   * its process runs is asked each time.
   */
  async state(): Promise<RunState> {
    const stats = await Promise.all(
      STATE_PLACES.map((name) =>
        stat(join(this.path, name)).then(
          ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
          () => "",
        ),
      ),
    );
    const key = stats.join();
    if (this.#kept?.key !== key) this.#kept = { key, ...(await this.#readState()) };
    const { weights, startedAt, end } = this.#kept;
    if (weights.isIncomplete) this.#kept = undefined;
    const isFinished = end === undefined ? weights.names[0] === FINAL_MODEL : end.status === "finished";
    const stopped = await runStop(this.path, { end, isFinished, now: Date.now() });
    return { isFinished, stopped, weights: weights.names, startedAt };
  }

  async #readState(): Promise<KeptState> {
    const [end, environment] = await Promise.all([recordedEnd(this.path), this.#environment()]);
    const record = await this.record().catch(() => undefined);
    const planned = record === undefined ? null : (record.steps ?? plannedSteps(record.kind, record.config));
    const weights = await runWeights(this.path, planned, end);
    const startedAt = environment?.["startedAt"];
    return { end, weights, startedAt: typeof startedAt === "string" ? startedAt : null };
  }

  async #environment(): Promise<JsonObject | undefined> {
    return parseObject((await this.environmentText()) ?? "");
  }

  /** The commit of its model of the hub, where it recorded one. */
  async modelCommit(): Promise<string | undefined> {
    const model = (await this.#environment())?.["model"];
    const commit = isObject(model) ? model["commit"] : undefined;
    return typeof commit === "string" ? commit : undefined;
  }

  /** The metrics of the run that is at the path now, read on; a metrics file that is not there is an empty one. */
  async #readMetrics(): Promise<MetricTable> {
    await this.record().catch(() => undefined);
    const metrics = this.#numbers.metrics(this);
    const file = await containedPath(this.path, "metrics.jsonl");
    if (file === undefined) metrics.clear();
    else await metrics.readOn(file);
    return metrics;
  }

  /** Columns of numbers between two iterations, at most `points` each. */
  async metrics(from: number, to: number, points: number): Promise<MetricsReply> {
    const metrics = await this.#readMetrics();
    const { warnings, unreadable, isCut } = metrics;
    return { run: this.id, events: metrics.events(from, to, points), warnings, unreadable, isCut };
  }

  /** Whether its directory is still there. */
  async isThere(): Promise<boolean> {
    return (await containedPath(this.path)) !== undefined;
  }

  /** The newest iteration or step, from the last line of the metrics. */
  async progress(): Promise<Progress> {
    const file = await containedPath(this.path, "metrics.jsonl");
    return file === undefined ? NO_PROGRESS : this.#end.read(file);
  }

  /** Iterations with a rollouts file, in order. */
  async iterations(): Promise<number[]> {
    const folder = await containedPath(this.path, ROLLOUTS);
    if (folder === undefined) return [];
    const names = await readdir(folder);
    return names
      .flatMap((name) => (ROLLOUT_FILE.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b);
  }

  async #rolloutFile(iteration: number): Promise<string> {
    const name = `${String(iteration).padStart(6, "0")}.jsonl`;
    const file = await containedPath(this.path, ROLLOUTS, name);
    if (file === undefined) throw new RunError(`rollouts/${name} is not there`);
    if (!(await stat(file)).isFile()) throw new RunError(`rollouts/${name} is no file`);
    return file;
  }

  /** Groups of an iteration from a byte offset on. */
  async rollouts(iteration: number, from: number): Promise<RolloutPage> {
    return rolloutPage(await this.#rolloutFile(iteration), iteration, from, await this.config());
  }

  /**
   * Completions of all iterations or of one, filtered and sorted.
   *
   * @param from place in the order
   * @param iteration the one whose completions are meant; all unless given
   */
  async ranking(query: RankingQuery, from: number, iteration?: number): Promise<RolloutRanking> {
    const config = await this.config();
    const kept = this.#numbers.rollouts(this);
    const [all] = await Promise.all([
      this.#rolloutStates(),
      containedPath(this.path, ROLLOUT_INDEX).then((path) => kept.recorded.readOn(path, config)),
    ]);
    const recorded = ({ iteration: of, bytes, state }: RolloutFileState) =>
      kept.recorded.file(of, bytes, state);
    const files = iteration === undefined ? all : all.filter((file) => file.iteration === iteration);
    const index = iteration === undefined ? kept.index : new RolloutIndex();
    await index.readOn(files, recorded, (of, at) => this.rollouts(of, at));
    const { places, total } = index.ranked(query, from, RANKED);
    const summaries = new Map<string, Promise<GroupSummary | undefined>>();
    const summary = ({ iteration: of, group }: RankedPlace) => {
      const key = `${of} ${group}`;
      const found =
        summaries.get(key) ??
        this.#rolloutFile(of).then((path) => rolloutGroupSummary(path, of, group, config));
      summaries.set(key, found);
      return found;
    };
    const groups: GroupSummary[] = [];
    let { unreadable } = index;
    for (const place of places) {
      const found = await summary(place);
      const completions = found?.completions.filter((completion) => completion.at === place.at) ?? [];
      // The run's own index also has completions whose lines are too long, or too many of one group.
      if (found === undefined || completions.length === 0) unreadable += 1;
      else groups.push({ ...found, completions });
    }
    const next = from + RANKED < total ? from + RANKED : null;
    return { groups, next, total, isCut: index.isCut, unreadable };
  }

  /** The files of rollouts with their sizes and times, in order of their iterations. */
  async #rolloutStates(): Promise<RolloutFileState[]> {
    const folder = await containedPath(this.path, ROLLOUTS);
    if (folder === undefined) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    const states = await Promise.all(
      entries.map(async (entry): Promise<RolloutFileState[]> => {
        if (!ROLLOUT_FILE.test(entry.name)) return [];
        const iteration = Number.parseInt(entry.name, 10);
        // A file that is no link lies in its folder; of a link the real path counts.
        const path = entry.isFile() ? join(folder, entry.name) : await this.#rolloutFile(iteration);
        const { size, mtimeMs } = await stat(path);
        return [{ iteration, bytes: size, state: `${size} ${mtimeMs}` }];
      }),
    );
    return states.flat().sort((a, b) => a.iteration - b.iteration);
  }

  /** The whole completions of the group whose first line begins at a byte offset. */
  async group(iteration: number, at: number): Promise<RolloutDetail[]> {
    return rolloutGroup(await this.#rolloutFile(iteration), iteration, at, await this.config());
  }

  /** Weights that can be loaded, newest first. */
  async weights(): Promise<readonly string[]> {
    return (await this.state()).weights;
  }

  /**
   * The directory of weights.
   *
   * @throws RunError when the run has no weights of that name
   */
  async weightsPath(name: string): Promise<string> {
    const path = (await this.weights()).includes(name)
      ? await containedPath(this.path, ...name.split("/"))
      : undefined;
    if (path === undefined) throw new RunError(`weights "${name}": the run has none of that name`);
    return path;
  }
}

function plannedSteps(kind: string, config: JsonObject): number | null {
  const part = config[kind === "sft" ? "sft" : "train"];
  return isObject(part) ? numberOf(part[kind === "sft" ? "steps" : "iterations"]) : null;
}

function methodOf(kind: string, config: JsonObject): string {
  if (kind === "sft") return "warm start";
  const kindOf = (part: unknown) => (isObject(part) ? textOf(part["kind"], "?") : "?");
  return `${kindOf(config["algorithm"])} · ${kindOf(config["credit"])}`;
}
