/**
 * @module
 * Who may ask. With a key, who has it. Without one the server listens on loopback only, and then pages in a browser
 * must not reach it. This holds for a page of another site, and for a name that was made to point to this machine.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isLoopback } from "../http/index.ts";
import { Refusal } from "./refusal.ts";

const digest = (text: string) => createHash("sha256").update(text).digest();

function keyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers["x-api-key"];
  if (typeof key === "string") return key;
  return /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
}

/** Whether a text is a key; an empty one, as of a variable that is set to nothing, is none. */
export function isKey(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

/** @throws Refusal when the request may not be answered */
export function checkAccess(request: IncomingMessage, apiKey: string | undefined): void {
  if (isKey(apiKey)) {
    const given = keyOf(request);
    if (given === undefined)
      throw new Refusal("unauthorized", "expected an API key in X-API-Key or as a bearer token, got none");
    if (!timingSafeEqual(digest(given), digest(apiKey))) throw new Refusal("unauthorized", "wrong API key");
    return;
  }
  const { host = "", origin } = request.headers;
  const name = host.replace(/:\d+$/, "");
  if (!isLoopback(name))
    throw new Refusal("unauthorized", `host: expected a loopback address, got "${host}"`);
  if (origin !== undefined) throw new Refusal("unauthorized", "requests of web pages need an API key");
}
