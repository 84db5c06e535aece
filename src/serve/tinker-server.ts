/**
 * @module
 * The server: the Tinker API over HTTP, addresses to calls and errors to statuses, and beside it the API of chat completions
 * (`chat/`). Calls with side effects answer with a future; its result is asked for with `retrieve_future`, which answers 408
 * while there is none.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ConfigError, RunError } from "../errors/index.ts";
import { isLoopback, listen } from "../http/index.ts";
import { checkAccess, isKey } from "./access.ts";
import { ChatEndpoint, isChatPath } from "./chat/chat-http.ts";
import type { ModelRecord } from "./model-records.ts";
import type { LostModel } from "./open-models.ts";
import { type CallBody, readBody } from "./read-body.ts";
import { failureBody, Refusal } from "./refusal.ts";
import { addressPart, lookUp, weightsInfo } from "./registry-calls.ts";
import { resultBody } from "./result-body.ts";
import { sendBody, sendJson } from "./send-body.ts";
import { TinkerService } from "./service.ts";
import type { ServiceOptions } from "./service-options.ts";
import { openStateDatabase } from "./state-database.ts";
import { TRAINING_CALLS, type TrainingCallName } from "./training-calls.ts";

export interface ServerOptions extends ServiceOptions {
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** A free port unless given. */
  readonly port?: number;
  /** Expected of every client; may be left out, or empty, on loopback only. */
  readonly apiKey?: string | undefined;
  /** Largest body, bytes; 256 MiB unless given. */
  readonly maxBodyBytes?: number;
  /** Largest body of a chat completion, bytes; 32 MiB unless given. */
  readonly maxChatBytes?: number;
  /** Chat completions under way at once, beyond which 429 is answered; 256 unless given. */
  readonly maxChats?: number;
}

export interface TinkerServer {
  readonly url: string;
  readonly port: number;
  /** Models from before a restart that stay suspended, since their base model is not served now. */
  readonly waiting: readonly Pick<ModelRecord, "id" | "baseModel">[];
  /** Ends in order: models are suspended, and resumed at the next start. Returns the models that could not be kept. */
  close(): Promise<readonly LostModel[]>;
}

type Call = (service: TinkerService, body: CallBody) => object | Promise<object>;

const CALLS: Readonly<Record<string, Call>> = {
  create_session: (service, body) => service.createSession(body),
  session_heartbeat: (service, body) => service.heartbeat(body),
  create_model: (service, body) => service.createModel(body),
  load_weights: (service, body) => service.loadWeights(body),
  unload_model: (service, body) => service.unloadModel(body),
  get_info: (service, body) => service.getInfo(body),
  create_sampling_session: (service, body) => service.createSamplingSession(body),
  asample: (service, body) => service.sample(body),
  weights_info: (service, body) => weightsInfo(service, body.json),
  "client/config": () => ({
    pjwt_auth_enabled: false,
    proto_write_fwdbwd: false,
    proto_compress_fwdbwd: true,
    use_pyqwest_transport: false,
  }),
  "client/dynamic_config": () => ({}),
  telemetry: () => ({ status: "accepted" }),
};

const isTrainingCall = (call: string): call is TrainingCallName => Object.hasOwn(TRAINING_CALLS, call);

const FINISHING = /^sessions\/([^/]+)\/finish$/;

function callNamed(name: string): Call | undefined {
  const session = FINISHING.exec(name)?.[1];
  if (session !== undefined) return (service) => service.finishSession(addressPart(session));
  if (Object.hasOwn(CALLS, name)) return CALLS[name];
  return isTrainingCall(name) ? (service, body) => service.mutate(name, body) : undefined;
}

const PREFIX = "/api/v1/";
const MAX_BODY = 2 ** 28;

/** A request's address; one that is none, such as "//", is the root. */
function urlOf({ url = "/" }: IncomingMessage): URL {
  const root = "http://server";
  return URL.canParse(url, root) ? new URL(url, root) : new URL(root);
}

async function answer(
  service: TinkerService,
  { apiKey, maxBodyBytes = MAX_BODY }: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  isEnding: () => boolean,
): Promise<void> {
  const url = urlOf(request);
  const call = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : url.pathname;
  try {
    checkAccess(request, apiKey);
    if (isEnding()) throw new Refusal("restarting", "the server is ending");
    const { method = "GET" } = request;
    if (method !== "POST") {
      const isKnown = method === "GET" || method === "HEAD" || method === "DELETE";
      const found = isKnown && url.pathname.startsWith(PREFIX) ? lookUp(service, method, url) : undefined;
      if (found === undefined)
        throw new Refusal("unknown-path", `${method} ${url.pathname}: no such address`);
      return sendJson(response, 200, found);
    }
    const known = callNamed(call);
    if (known === undefined && call !== "retrieve_future") {
      throw new Refusal("unknown-path", `POST ${url.pathname}: no such address`);
    }
    const { call: meant, body } = await readBody(request, call, maxBodyBytes);
    if (known !== undefined) return sendJson(response, 200, await callNamed(meant)!(service, body));
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const result = await service.retrieve(body, gone.signal);
    if (result !== undefined) return sendBody(response, 200, resultBody(result, request.headers.accept));
    sendJson(response, 408, { type: "try_again", queue_state: "active" });
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    // The unread rest of a body that is too large is not read.
    if (!request.complete) response.setHeader("connection", "close");
    sendJson(response, status, failureBody(error, call));
  }
}

/**
 * Starts the server.
 *
 * @throws ConfigError when it would listen beyond this machine without a key, or the port is none
 * @throws RunError when the address or the state directory cannot be used, or another server has it
 */
export async function startTinkerServer(options: ServerOptions): Promise<TinkerServer> {
  const { host = "127.0.0.1", apiKey } = options;
  if (!isKey(apiKey) && !isLoopback(host)) {
    throw new ConfigError(`host ${host}: expected an API key where others than this machine can connect`);
  }
  const service = new TinkerService(
    options,
    await openStateDatabase(options.state, options.maxDatabaseBytes),
  );
  let isEnding = false;
  const chat = new ChatEndpoint({
    models: options.models,
    checkpoints: service.checkpoints,
    queue: service.queue,
    maxOpen: options.maxChats,
    maxBytes: options.maxChatBytes,
    check: (request) => checkAccess(request, apiKey),
  });
  const server = createServer((request, response) => {
    const { pathname } = urlOf(request);
    if (isChatPath(pathname)) chat.answer(request, response, pathname);
    else void answer(service, options, request, response, () => isEnding);
  });
  let port: number;
  try {
    await service.start();
    port = await listen(server, host, options.port ?? 0);
  } catch (error) {
    for (const { id, reason } of await service.close()) {
      process.emitWarning(`model ${id} is lost: ${reason}`);
    }
    if (!(error instanceof Refusal)) throw error;
    throw new RunError(`${options.state}: ${error.message}`, { cause: error });
  }
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shown}:${port}`,
    port,
    waiting: service.waiting,
    close: async () => {
      isEnding = true;
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await chat.close();
      const lost = await service.close();
      server.closeAllConnections();
      await ended;
      return lost;
    },
  };
}
