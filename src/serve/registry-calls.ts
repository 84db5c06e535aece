/**
 * @module
 * The calls that look things up: training runs, checkpoints, sampling sessions.
 */
import { wire } from "../engine/index.ts";
import { decodedPart } from "../http/index.ts";
import type { Checkpoint } from "./checkpoints.ts";
import type { ModelHost } from "./model-host.ts";
import { read } from "./read-request.ts";
import { Refusal } from "./refusal.ts";
import { loraParts } from "./served-model.ts";
import type { TinkerService } from "./service.ts";

function checkpointAnswer({ path, type, at }: Checkpoint): object {
  const [, , , ...rest] = path.split("/");
  return { checkpoint_id: rest.join("/"), checkpoint_type: type, time: at, tinker_path: path };
}

function runAnswer({ id, served, rank, lastUsed }: ModelHost): object {
  return {
    training_run_id: id,
    base_model: served.name,
    model_owner: "fovea",
    is_lora: rank > 0,
    lora_rank: rank > 0 ? rank : null,
    last_request_time: lastUsed.toISOString(),
  };
}

/** One page of a list, as the query asks. */
function page<T>(items: readonly T[], query: URLSearchParams): { items: T[]; cursor: object } {
  const offset = Math.max(0, Number(query.get("offset") ?? 0) || 0);
  const limit = Math.max(1, Number(query.get("limit") ?? 100) || 100);
  return {
    items: items.slice(offset, offset + limit),
    cursor: { offset, limit, total_count: items.length },
  };
}

/** The description of a checkpoint's weights, from which clients make a model like the one that was saved. */
export function weightsInfo(service: TinkerService, json: unknown): object {
  const { tinker_path: path } = read(wire.weightsInfoSchema, json, "weights_info");
  const { baseModel, rank, lora } = service.checkpoints.find(path);
  return {
    base_model: baseModel,
    is_lora: rank > 0,
    lora_rank: rank > 0 ? rank : null,
    ...(lora && loraParts(lora)),
  };
}

/**
 * A part of an address.
 *
 * @throws Refusal when its escapes are none
 */
export function addressPart(part: string): string {
  const text = decodedPart(part);
  if (text !== undefined) return text;
  throw new Refusal("bad-request", `address: expected escapes such as %20, got ${part}`);
}

/** The answer to a GET or DELETE; undefined when there is no such address. */
export function lookUp(service: TinkerService, method: string, url: URL): object | undefined {
  const { pathname, searchParams } = url;
  const parts = pathname.slice("/api/v1/".length).split("/").map(addressPart);
  const [kind, id = "", sub, ...rest] = parts;
  if (method === "DELETE") {
    if (kind !== "training_runs" || sub !== "checkpoints" || rest.length !== 2) return undefined;
    service.checkpoints.delete(`tinker://${id}/${rest.join("/")}`);
    return {};
  }
  if (pathname === "/api/v1/healthz") return { status: "ok" };
  if (pathname === "/api/v1/get_server_capabilities") return service.capabilities();
  if (kind === "checkpoints" && parts.length === 1) {
    const { items, cursor } = page(service.checkpoints.all(), searchParams);
    return { checkpoints: items.map(checkpointAnswer), cursor };
  }
  if (kind === "samplers" && parts.length === 2) {
    const { served, source } = service.sampler(id);
    const path = source.kind === "checkpoint" ? { model_path: source.path } : {};
    return { sampler_id: id, base_model: served.name, ...path };
  }
  if (kind !== "training_runs") return undefined;
  if (parts.length === 1) {
    const { items, cursor } = page(service.hosts, searchParams);
    return { training_runs: items.map(runAnswer), cursor };
  }
  if (sub === "checkpoints" && parts.length === 3) {
    return {
      checkpoints: service.checkpoints
        .all()
        .filter(({ model }) => model === id)
        .map(checkpointAnswer),
    };
  }
  if (parts.length > 2) return undefined;
  const host = service.hosts.find((own) => own.id === id);
  if (host === undefined) throw new Refusal("unknown-model", `no training run ${id}`);
  return runAnswer(host);
}
