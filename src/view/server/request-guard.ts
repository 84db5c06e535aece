/**
 * @module
 * Who may ask: programs on this machine that address it by its loopback name, and pages of this server. A page from
 * elsewhere cannot, neither by a name that points to this machine (DNS rebinding) nor by a link across sites.
 */
import type { IncomingMessage } from "node:http";

const NAMES = ["127.0.0.1", "localhost", "[::1]"];
/** The port of an address that names none: browsers leave it out. */
const USUAL_PORT = 80;

/** Why a request is refused; undefined when it is not. */
export function refusal(
  { method, headers }: Pick<IncomingMessage, "method" | "headers">,
  port: number,
): string | undefined {
  if (method !== "GET" && method !== "HEAD") return `method ${method}: expected GET`;
  const allowed = NAMES.map((name) => `${name}:${port}`);
  if (port === USUAL_PORT) allowed.push(...NAMES);
  if (headers.host === undefined || !allowed.includes(headers.host)) {
    return `host "${headers.host ?? ""}": expected ${allowed[0]}`;
  }
  const site = headers["sec-fetch-site"];
  const isNavigation = headers["sec-fetch-mode"] === "navigate";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isNavigation) {
    return "the request comes from a page of another site";
  }
  return undefined;
}
