/**
 * @module
 * Which form of bodies a server takes, by its own words. `fovea serve` says it among its capabilities. A server for SDKs since
 * 0.25, as SkyRL 0.4.0, refuses JSON data with 415 and names what it takes; one for earlier SDKs, as SkyRL 0.3.0, finds that a
 * JSON body lacks fields. So one empty JSON body is sent, which no server can do anything with.
 */
import { EngineError } from "../../errors/index.ts";
import { type HttpClient, JSON_TYPE, RefusedError } from "./http-client.ts";
import { parsed } from "./parsed.ts";
import { PROTOBUF } from "./protobuf/index.ts";
import { clientConfigSchema } from "./wire.ts";
import { canCompress, jsonFormat, protobufFormat, SCHEMA_SDK, type WireFormat } from "./wire-format.ts";

const PROBED = "forward_backward";

/** The facts known before any request. */
export interface WireHints {
  /** Forms that the server named; undefined where it named none. */
  readonly named: readonly string[] | undefined;
  readonly isExtended: boolean;
  /** The form that the configuration names. */
  readonly asked: "auto" | WireFormat["name"];
}

/**
 * The form to use.
 *
 * @throws EngineError when the server takes neither; it names what the server takes and what is supported
 */
export async function negotiatedWire(
  http: HttpClient,
  { named, isExtended, asked }: WireHints,
): Promise<WireFormat> {
  const name = asked === "auto" ? ((named && ofNames(named, http.url)) ?? (await probed(http))) : asked;
  if (name === "json") return jsonFormat;
  return protobufFormat(isExtended, canCompress && (await wantsCompression(http)));
}

function ofNames(names: readonly string[], url: string): WireFormat["name"] {
  for (const name of ["protobuf", "json"] as const) if (names.includes(name)) return name;
  throw unsupported(url, names.join(", "));
}

async function probed(http: HttpClient): Promise<WireFormat["name"]> {
  try {
    const body = { type: JSON_TYPE, content: "{}" };
    await http.send({ call: PROBED, path: `/api/v1/${PROBED}`, body });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (error.status !== 415) return "json";
    if (error.message.includes(PROTOBUF)) return "protobuf";
    throw unsupported(http.url, error.message);
  }
  return "json";
}

function unsupported(url: string, taken: string): EngineError {
  return new EngineError(
    `${PROBED}: ${url} takes bodies of a form that is not known here: ${taken}; supported: ${PROTOBUF} as of tinker 0.25 to ${SCHEMA_SDK}, and ${JSON_TYPE} as of tinker up to 0.24`,
  );
}

/** Whether the server asks for compressed bodies; one that does not know the question does not. */
async function wantsCompression(http: HttpClient): Promise<boolean> {
  const call = "client/config";
  const body = { type: JSON_TYPE, content: JSON.stringify({ sdk_version: SCHEMA_SDK }) };
  try {
    const answer = await http.send({ call, path: `/api/v1/${call}`, body });
    return parsed(clientConfigSchema, answer, call).proto_compress_fwdbwd === true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}
