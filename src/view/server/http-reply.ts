/**
 * @module
 * Answers of the server, and the headers of every answer. Pages load nothing from other hosts, run no inline code and
 * are never framed; text is never taken for another type.
 */
import type { ServerResponse } from "node:http";
import { brotliDecompressSync } from "node:zlib";

/** An answer in memory. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  /** Seconds that the browser may keep it; absent: not at all. */
  readonly maxAge?: number;
  /** Set where the body is compressed. */
  readonly encoding?: "br";
}

const CONTENT_POLICY = [
  "default-src 'none'",
  // Compiling WebAssembly, which runs an exported model; evaluating text stays forbidden.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_POLICY,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export function json(value: unknown, status = 200): Reply {
  return { status, type: "application/json; charset=utf-8", body: JSON.stringify(value) };
}

/** An error in words, as the page shows it. */
export function failure(status: number, message: string): Reply {
  return json({ error: message }, status);
}

/** The answer in an encoding that the asker takes. */
export function acceptable(reply: Reply, accepted: string | undefined): Reply {
  const { encoding, ...plain } = reply;
  if (encoding === undefined || typeof reply.body === "string" || /\bbr\b/.test(accepted ?? "")) return reply;
  return { ...plain, body: brotliDecompressSync(reply.body) };
}

export function send(
  response: ServerResponse,
  { status, type, body, maxAge, encoding }: Reply,
  hasBody: boolean,
): void {
  response.writeHead(status, {
    ...SAFE_HEADERS,
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
    "cache-control": maxAge === undefined ? "no-store" : `private, max-age=${maxAge}`,
  });
  response.end(hasBody ? body : undefined);
}
