/**
 * @module
 * A Hugging Face Hub of one repository on this machine: the three endpoints that downloads use, and the ways in which
 * they fail.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const HUB_COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A hub that runs. */
export interface HubServer {
  readonly endpoint: string;
  readonly commit: string;
  /** `METHOD path range` of every request, in order. */
  readonly requests: string[];
  /** Each takes one of the next requests for a file instead of the hub; the hub continues when they are used up. */
  readonly faults: ((request: IncomingMessage, response: ServerResponse, content: Buffer) => void)[];
  /** Entries of the listing beside the files. */
  readonly listed: { path: string; size: number; oid: string }[];
  close(): Promise<void>;
}

export interface HubContents {
  readonly name: string;
  readonly type?: "model" | "dataset";
  readonly files: Readonly<Record<string, Buffer>>;
  /** Files of these names are identified by SHA-256, as large files are. */
  readonly large?: readonly string[];
  /** Wanted in every request. */
  readonly token?: string;
}

export const gitOid = (content: Buffer): string =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");

export const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

/** Starts a hub that serves one repository at `main` and at one commit. */
export async function startHub({
  name,
  type = "model",
  files,
  large = [],
  token,
}: HubContents): Promise<HubServer> {
  const requests: string[] = [];
  const faults: HubServer["faults"] = [];
  const listed: { path: string; size: number; oid: string }[] = [];
  const json = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const entry = (path: string, content: Buffer) => ({
    type: "file",
    path,
    size: content.length,
    oid: gitOid(content),
    ...(large.includes(path)
      ? { lfs: { oid: sha256(content), size: content.length, pointerSize: 130 } }
      : {}),
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://hub");
    requests.push(
      [request.method, decodeURIComponent(url.pathname), request.headers.range].filter(Boolean).join(" "),
    );
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      json(response, 401, { error: "Invalid username or password." });
    } else if (new RegExp(`^/api/${type}s/${name}/revision/(main|${HUB_COMMIT})$`).test(url.pathname)) {
      json(response, 200, { id: name, _id: "1", sha: HUB_COMMIT, lastModified: "2025-01-01T00:00:00Z" });
    } else if (url.pathname === `/api/${type}s/${name}/tree/${HUB_COMMIT}`) {
      const entries = Object.entries(files).map(([path, content]) => entry(path, content));
      json(response, 200, [...entries, ...listed.map((more) => ({ type: "file", ...more }))]);
    } else {
      const root = `${type === "model" ? "" : `/${type}s`}/${name}/resolve/${HUB_COMMIT}/`;
      const content = url.pathname.startsWith(root)
        ? files[decodeURIComponent(url.pathname.slice(root.length))]
        : undefined;
      if (content === undefined) json(response, 404, { error: "Repository not found" });
      else (faults.shift() ?? serve)(request, response, content);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commit: HUB_COMMIT,
    requests,
    faults,
    listed,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A file, or the range of it that is asked for. */
export function serve(request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  const etag = `"${gitOid(content)}"`;
  if (first === undefined) {
    response.writeHead(200, { etag, "content-length": content.length }).end(content);
  } else if (Number(first) >= content.length) {
    response.writeHead(416).end();
  } else {
    const part = content.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${content.length}`;
    response.writeHead(206, { etag, "content-range": range, "content-length": part.length }).end(part);
  }
}
