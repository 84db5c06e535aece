/**
 * @module
 * Facts about a server that a client finds out before it makes a model there: its name, the model to train,
 * its extensions of the protocol, and the format of bodies.
 */
import type * as z from "zod";
import { EngineError } from "../../errors/index.ts";
import type { ServerDescription } from "../engine.ts";
import { chosenModel } from "./chosen-model.ts";
import type { HttpClient } from "./http-client.ts";
import { negotiatedWire } from "./negotiate-wire.ts";
import { offeredSignals } from "./offered-signals.ts";
import { parsed } from "./parsed.ts";
import type { TinkerEngineOptions } from "./tinker-options.ts";
import { capabilitiesSchema, EXTENSION_PROTOCOL, rootSchema } from "./wire.ts";
import { SCHEMA_SDK, type WireFormat } from "./wire-format.ts";

/** A server, and how to speak with it. */
export interface OpenServer {
  readonly baseModel: string;
  /** Whether it speaks the extension. */
  readonly isExtended: boolean;
  /** Signals that its `forward` returns without it. */
  readonly offered: ReturnType<typeof offeredSignals>;
  readonly format: WireFormat;
  readonly description: ServerDescription;
}

/**
 * Asks a server.
 *
 * @throws EngineError naming the call: no such server, a wrong key, no such model, or an unknown version, with the
 *   list of known versions
 */
export async function openServer(http: HttpClient, options: TinkerEngineOptions): Promise<OpenServer> {
  const call = "get_server_capabilities";
  const answer = await http.send({ call, path: `/api/v1/${call}` });
  const { supported_models: models, fovea, fovea_signals } = parsed(capabilitiesSchema, answer, call);
  const names = models.flatMap(({ model_name }) => model_name ?? []);
  const baseModel = chosenModel(options.baseModel, names, http.url);
  if (fovea != null && fovea.protocol !== EXTENSION_PROTOCOL) {
    throw new EngineError(
      `${call}: ${http.url} is Fovea ${fovea.version}, whose extension has version ${fovea.protocol}; expected ${EXTENSION_PROTOCOL}`,
    );
  }
  const isExtended = fovea != null;
  const offered = offeredSignals(fovea_signals, `${call}: ${http.url}`);
  const named = isExtended ? (fovea.wire ?? ["json"]) : undefined;
  const format = await negotiatedWire(http, { named, isExtended, asked: options.wire ?? "auto" });
  const root = isExtended ? undefined : await rootOf(http);
  const description = {
    url: http.url,
    name: isExtended ? "fovea serve" : (root?.name ?? "a server that does not say its name"),
    ...((fovea?.version ?? root?.version) && { version: fovea?.version ?? root?.version }),
    baseModel,
    wire: format.name === "protobuf" ? `protobuf, schema of tinker ${SCHEMA_SDK}` : "JSON, tinker up to 0.24",
    ...(fovea && { extension: `protocol ${fovea.protocol}` }),
    ...(fovea_signals && {
      signals: `protocol ${fovea_signals.protocol} of fovea-skyrl ${fovea_signals.version}`,
    }),
  };
  return { baseModel, isExtended, offered, format, description };
}

/** A server's description of itself at its root, if any. */
async function rootOf(http: HttpClient): Promise<z.output<typeof rootSchema> | undefined> {
  try {
    return rootSchema.parse(await http.send({ call: "root", path: "/", isOnce: true }));
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}
