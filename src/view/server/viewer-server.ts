/**
 * @module
 * The viewer's server: node:http on the loopback interface, the built page, JSON below /api/, and an event stream. A
 * router such as Hono would save only the table in `routes.ts`: ranges, the event stream, the guard of hosts and the
 * containment of paths are written here either way.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../../http/index.ts";
import { ExportSet } from "../exports/export-set.ts";
import { Inspector } from "../inspect/inspector.ts";
import { LoadedModels } from "../inspect/loaded-models.ts";
import { PermittedParts } from "../inspect/permitted-parts.ts";
import { ProblemImages } from "../inspect/problem-images.ts";
import { ResultSet } from "../results/result-set.ts";
import { Places } from "../runs/places.ts";
import { RunSet } from "../runs/run-set.ts";
import { acceptable, failure, type Reply, send } from "./http-reply.ts";
import { LiveEvents } from "./live-events.ts";
import { pageFiles } from "./page-files.ts";
import { refusal } from "./request-guard.ts";
import { apiReply, exportFile, failureOf, type RouteContext } from "./routes.ts";
import { sendFile } from "./send-file.ts";
import { SentConfigs } from "./sent-configs.ts";

const HOST = "127.0.0.1";
const ROOT = `http://${HOST}`;

export interface ViewerOptions {
  /** Run directories, ONNX exports, or directories of either. */
  readonly runs: readonly string[];
  /** A free port unless given. */
  readonly port?: number | undefined;
  /** Directories from which data sets in files may be read for their images, and modules of runs be loaded. */
  readonly data?: readonly string[] | undefined;
  /** Milliseconds between looks at the disk for live updates; 700 unless given. */
  readonly intervalMs?: number | undefined;
}

/** A viewer that runs. */
export interface Viewer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a viewer.
 *
 * @throws ConfigError when a directory is none, or the port
 * @throws RunError when the page has not been built, or the port is taken
 */
export function startViewer(options: ViewerOptions): Promise<Viewer> {
  return startViewerWith(options, new LoadedModels());
}

/** A viewer that looks with given models, and closes them. */
export async function startViewerWith(options: ViewerOptions, models: LoadedModels): Promise<Viewer> {
  const { runs: paths, port: asked = 0, data = [], intervalMs = 700 } = options;
  const page = pageFiles();
  const places = await Places.open(paths);
  const runs = new RunSet(places);
  const parts = new PermittedParts(data);
  const images = new ProblemImages(parts);
  const inspector = new Inspector(images, parts, models);
  const context = {
    runs,
    exports: new ExportSet(places, runs),
    results: new ResultSet(places),
    images,
    inspector,
    configs: new SentConfigs(),
  } satisfies Omit<RouteContext, "signal">;
  const live = new LiveEvents(runs, intervalMs);
  let port = asked;

  const replyTo = async (url: URL, signal: AbortSignal): Promise<Reply> => {
    const file = page.get(url.pathname);
    if (file !== undefined) return file;
    if (!url.pathname.startsWith("/api/")) return failure(404, "no such address");
    return apiReply(url, { ...context, signal });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const hasBody = request.method !== "HEAD";
    const refused = refusal(request, port);
    if (refused !== undefined) return send(response, failure(403, refused), hasBody);
    const { url: address = "/" } = request;
    if (!URL.canParse(address, ROOT)) {
      return send(response, failure(400, `address: expected a path, got "${address}"`), hasBody);
    }
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    try {
      const url = new URL(address, ROOT);
      if (url.pathname === "/api/live" && hasBody) {
        if (live.listen(response, url.searchParams.getAll("run"))) return;
        return send(response, failure(503, "too many pages are open"), hasBody);
      }
      const file = await exportFile(url, context);
      if (file !== undefined) return await sendFile(request, response, file.path, file.type);
      send(
        response,
        acceptable(await replyTo(url, gone.signal), request.headers["accept-encoding"]),
        hasBody,
      );
    } catch (error) {
      send(response, failureOf(error), hasBody);
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  port = await listen(server, HOST, asked);
  return {
    url: `http://${HOST}:${port}/`,
    port,
    close: async () => {
      live.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // First: a request that still comes in could ask for a model.
      server.closeAllConnections();
      await inspector.close();
      await closed;
    },
  };
}
