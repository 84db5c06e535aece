/**
 * @module
 * Every address that the server knows. A part of an address is a run's id, a number, or the name of weights; nothing
 * of it is ever used as a path.
 */
import { ConfigError, DataError, FoveaError, RunError } from "../../errors/index.ts";
import { decodedPart } from "../../http/index.ts";
import type { ExportSet } from "../exports/export-set.ts";
import type { Inspector, Lens } from "../inspect/inspector.ts";
import type { ProblemImages } from "../inspect/problem-images.ts";
import type { ResultSet } from "../results/result-set.ts";
import type { Run } from "../runs/run.ts";
import type { RunSet } from "../runs/run-set.ts";
import { failure, json, type Reply } from "./http-reply.ts";
import type { SentConfigs } from "./sent-configs.ts";

/** Objects that routes use. */
export interface RouteContext {
  readonly runs: RunSet;
  readonly exports: ExportSet;
  readonly results: ResultSet;
  readonly images: ProblemImages;
  readonly inspector: Inspector;
  readonly configs: SentConfigs;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

type Numbers = Readonly<Record<string, number>>;
type Handler = (run: Run, numbers: Numbers, query: URLSearchParams, context: RouteContext) => Promise<Reply>;

const DEFAULT_POINTS = 600;
const MAX_POINTS = 5000;
const IMAGE_AGE = 3600;

/** A whole number of the query. */
function whole(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 0))
    throw new ConfigError(`${name}: expected a whole number, got "${text}"`);
  return Math.min(value, most);
}

/** The weights to look with: of this run or of another, the newest unless named. */
async function lens(run: Run, query: URLSearchParams, { runs, signal }: RouteContext): Promise<Lens> {
  const of = query.get("of");
  const other = of === null ? run : await runs.find(of);
  if (other === undefined) throw new ConfigError(`of: no run "${of}"`);
  return { run: other, weights: query.get("weights") ?? undefined, signal };
}

const HANDLERS: readonly (readonly [pattern: RegExp, handler: Handler])[] = [
  [
    /^metrics$/,
    async (run, _numbers, query) => {
      const most = Number.MAX_SAFE_INTEGER;
      const points = Math.max(2, whole(query, "points", DEFAULT_POINTS, MAX_POINTS));
      return json(await run.metrics(whole(query, "from", 0, most), whole(query, "to", most, most), points));
    },
  ],
  [
    /^ranking$/,
    async (run, _numbers, query) => {
      const word = (name: string) => query.get(name) ?? "";
      const asked = { sort: word("sort"), outcome: word("outcome"), spread: word("spread") };
      const most = Number.MAX_SAFE_INTEGER;
      const iteration = query.has("iteration") ? whole(query, "iteration", 0, most) : undefined;
      return json(await run.ranking(asked, whole(query, "from", 0, most), iteration));
    },
  ],
  [/^iterations$/, async (run) => json(await run.iterations())],
  [
    /^rollouts\/(?<iteration>\d{1,12})$/,
    async (run, { iteration = 0 }, query) =>
      json(await run.rollouts(iteration, whole(query, "from", 0, Number.MAX_SAFE_INTEGER))),
  ],
  [
    /^rollouts\/(?<iteration>\d{1,12})\/(?<at>\d{1,15})$/,
    async (run, { iteration = 0, at = 0 }) => json(await run.group(iteration, at)),
  ],
  [
    /^inspect\/(?<iteration>\d{1,12})\/(?<group>\d{1,15})\/(?<at>\d{1,15})$/,
    async (run, { iteration = 0, group = 0, at = 0 }, query, context) => {
      const details = await run.group(iteration, group);
      return json(await context.inspector.inspect(run, details, at, await lens(run, query, context)));
    },
  ],
  [
    /^answer\/(?<index>\d{1,15})$/,
    async (run, { index = 0 }, query, context) =>
      json(await context.inspector.answer(run, index, await lens(run, query, context))),
  ],
  [
    /^images\/(?<index>\d{1,15})\/(?<place>\d{1,3})\.png$/,
    async (run, { index = 0, place = 0 }, query, { images }) => {
      const count = query.has("pictures") ? whole(query, "pictures", 0, Number.MAX_SAFE_INTEGER) : null;
      const body = await images.png(run, index, place, count);
      // An address without the run's version names an image of any run that is there.
      const isOfVersion = query.get("version") === (await run.version());
      return { status: 200, type: "image/png", body, ...(isOfVersion && { maxAge: IMAGE_AGE }) };
    },
  ],
];

/** The status of an error: invalid request, not found, or unexpected. */
export function failureOf(error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigError) return failure(400, message);
  if (error instanceof RunError || error instanceof DataError) return failure(404, message);
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return failure(404, "the run is being deleted");
  return failure(500, error instanceof FoveaError ? message : `unexpected: ${message}`);
}

/** A file as an answer. */
export interface FileReply {
  readonly path: string;
  readonly type: string;
}

/**
 * The file of an export that an address names; undefined when it names none.
 *
 * @throws RunError when there is no such export or file
 */
export async function exportFile(
  url: URL,
  { exports }: Pick<RouteContext, "exports">,
): Promise<FileReply | undefined> {
  const parts = /^\/api\/exports\/([^/]+)\/([^/]+)$/.exec(url.pathname)?.slice(1).map(decodedPart);
  const [id, name] = parts ?? [];
  if (id === undefined || name === undefined) return undefined;
  const type = name.endsWith(".json") ? "application/json; charset=utf-8" : "application/octet-stream";
  return { path: await exports.file(id, name), type };
}

/** A page of the answers of one file, beside another file's answers if `against` names one. */
async function answerPage(id: string, query: URLSearchParams, { results }: RouteContext): Promise<Reply> {
  const against = query.get("against") ?? "";
  const file = await results.answerFile(id);
  const other = against === "" ? undefined : await results.answerFile(against);
  const word = (name: string) => query.get(name) ?? "";
  const asked = { outcome: word("outcome"), kind: word("kind"), find: word("find") };
  return json(await file.page(asked, whole(query, "from", 0, Number.MAX_SAFE_INTEGER), other));
}

/** The answer to an address below /api/. */
export async function apiReply(url: URL, context: RouteContext): Promise<Reply> {
  // Ids that a list has however old they are.
  const named = url.searchParams.getAll("named");
  if (url.pathname === "/api/runs") {
    const { items, older } = await context.runs.list(named);
    const summaries = await Promise.all(items.map((run) => run.summary()));
    const seen = url.searchParams.get("seen") ?? "";
    return json(context.configs.listed({ items: summaries, older }, seen));
  }
  if (url.pathname === "/api/exports") return json(await context.exports.list(named));
  if (url.pathname === "/api/grids") return json(await context.results.grids());
  if (url.pathname === "/api/answers") return json(await context.results.answers(named));
  const answers = decodedPart(/^\/api\/answers\/([^/]+)$/.exec(url.pathname)?.[1] ?? "");
  if (answers !== undefined && answers !== "") return answerPage(answers, url.searchParams, context);
  const [, id, rest] = /^\/api\/runs\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (id === undefined || rest === undefined) return failure(404, "no such address");
  for (const [pattern, handler] of HANDLERS) {
    const found = pattern.exec(rest);
    if (found === null) continue;
    const name = decodedPart(id);
    const run = name === undefined ? undefined : await context.runs.find(name);
    if (run === undefined) return failure(404, "no such run");
    const numbers = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, text]) => [name, Number(text)]),
    );
    return handler(run, numbers, url.searchParams, context);
  }
  return failure(404, "no such address");
}
