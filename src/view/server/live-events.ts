/**
 * @module
 * Server-sent events: which of the runs on the screen have gone on. Files are looked at only while somebody listens.
 */
import type { ServerResponse } from "node:http";
import type { LiveEvent } from "../protocol.ts";
import type { RunSet } from "../runs/run-set.ts";
import { SAFE_HEADERS } from "./http-reply.ts";

const MAX_LISTENERS = 32;
const MAX_WATCHED = 24;

interface Listener {
  readonly response: ServerResponse;
  readonly runs: readonly string[];
  readonly sent: Map<string, string>;
}

/** Sends changes to listeners. */
export class LiveEvents {
  readonly #runs: RunSet;
  readonly #intervalMs: number;
  readonly #listeners = new Set<Listener>();
  #timer: NodeJS.Timeout | undefined;

  constructor(runs: RunSet, intervalMs: number) {
    this.#runs = runs;
    this.#intervalMs = intervalMs;
  }

  /** Keeps a response open and sends it the changes of runs; false when too many listen already. */
  listen(response: ServerResponse, runs: readonly string[]): boolean {
    if (this.#listeners.size >= MAX_LISTENERS) return false;
    response.writeHead(200, {
      ...SAFE_HEADERS,
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    });
    response.write("retry: 2000\n\n");
    const listener = { response, runs: runs.slice(0, MAX_WATCHED), sent: new Map<string, string>() };
    this.#listeners.add(listener);
    response.on("close", () => this.#listeners.delete(listener));
    this.#timer ??= setTimeout(() => void this.#look(), 0);
    return true;
  }

  async #look(): Promise<void> {
    const wanted = new Set([...this.#listeners].flatMap(({ runs }) => runs));
    for (const id of wanted) {
      const event = await this.#state(id);
      const text = JSON.stringify(event);
      for (const { response, runs, sent } of this.#listeners) {
        if (!runs.includes(id) || sent.get(id) === text) continue;
        sent.set(id, text);
        response.write(`data: ${text}\n\n`);
      }
    }
    this.#timer =
      this.#listeners.size > 0 ? setTimeout(() => void this.#look(), this.#intervalMs) : undefined;
  }

  async #state(id: string): Promise<LiveEvent> {
    const gone = { run: id, reached: 0, metricsBytes: 0, isFinished: false, isStopped: false, isGone: true };
    try {
      const run = await this.#runs.find(id);
      if (run !== undefined && (await run.isThere())) {
        const [progress, { isFinished, stopped }] = await Promise.all([run.progress(), run.state()]);
        return { run: id, ...progress, isFinished, isStopped: stopped !== null, isGone: false };
      }
      if (run !== undefined) this.#runs.lookAgain();
      return gone;
    } catch {
      return gone;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { response } of this.#listeners) response.end();
    this.#listeners.clear();
  }
}
