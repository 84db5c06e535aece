/**
 * @module
 * Asking the server.
 */
import { signal } from "@preact/signals";
import type {
  AnswersSummary,
  GridSummary,
  Listed,
  ModelExport,
  RunList,
  RunSummary,
} from "../../src/view/protocol.ts";

/** The error of the last request; "" if there was none. */
export const trouble = signal("");

const runPath = (run: string, rest: string) => `./api/runs/${encodeURIComponent(run)}/${rest}`;

/** The JSON at an address. */
async function ask<T>(path: string, abort?: AbortSignal): Promise<T> {
  const response = await fetch(path, abort ? { signal: abort } : {});
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => ({}))) as { error?: string };
  throw new Error(body.error ?? `status ${response.status}`);
}

/** A list of the server, with all that are named in it however old they are. */
function askList<T>(path: string, named: readonly string[]): Promise<Listed<T>> {
  const query = new URLSearchParams(named.filter((id) => id !== "").map((id) => ["named", id]));
  return ask<Listed<T>>(query.size === 0 ? path : `${path}?${query}`);
}

/**
 * The newest runs.
 *
 * @param seen of the last answer: configurations of before are left out
 */
export function askRuns(named: readonly string[], seen: string): Promise<RunList> {
  const pairs = [...named.map((id) => ["named", id]), ["seen", seen]];
  return ask<RunList>(`./api/runs?${new URLSearchParams(pairs.filter(([, value]) => value !== ""))}`);
}

/** The newest exports that the server found. */
export function askExports(named: readonly string[]): Promise<Listed<ModelExport>> {
  return askList("./api/exports", named);
}

/** The newest tables of grids that the server found. */
export function askGrids(): Promise<Listed<GridSummary>> {
  return askList("./api/grids", []);
}

/** The newest files of answers that the server found. */
export function askAnswerFiles(named: readonly string[]): Promise<Listed<AnswersSummary>> {
  return askList("./api/answers", named);
}

/** A page of a file of answers. */
export function askAnswers<T>(id: string, query: URLSearchParams, abort?: AbortSignal): Promise<T> {
  return ask<T>(`./api/answers/${encodeURIComponent(id)}?${query}`, abort);
}

/** Where the files of an export are, in full: a worker's own addresses begin elsewhere. */
export function exportBase(id: string): string {
  return new URL(`./api/exports/${encodeURIComponent(id)}/`, location.href).href;
}

/** Something of a run. */
export function askRun<T>(run: string, rest: string, abort?: AbortSignal): Promise<T> {
  return ask<T>(runPath(run, rest), abort);
}

/** A run as addresses of its images name it. */
export type ImageRun = Pick<RunSummary, "id" | "version">;

/**
 * Where an image of a problem is; another address where another run was begun at the same path.
 *
 * @param count images that the problem has: of a video it says which frames they are; null where nobody knows
 */
export function imageAddress(
  { id, version }: ImageRun,
  index: number,
  place: number,
  count: number | null,
): string {
  const query = new URLSearchParams({ version, ...(count !== null && { pictures: String(count) }) });
  return runPath(id, `images/${index}/${place}.png?${query}`);
}

/** Why there is nothing at an address; "" where there is something. */
export async function askTrouble(address: string): Promise<string> {
  try {
    const response = await fetch(address);
    if (response.ok) return "";
    return ((await response.json()) as { error?: string }).error ?? `status ${response.status}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Listens to changes of runs; returns how to stop. */
export function listen<T>(runs: readonly string[], onEvent: (event: T) => void): () => void {
  const query = new URLSearchParams(runs.map((run) => ["run", run]));
  const source = new EventSource(`./api/live?${query}`);
  source.onmessage = ({ data }) => onEvent(JSON.parse(String(data)) as T);
  return () => source.close();
}
