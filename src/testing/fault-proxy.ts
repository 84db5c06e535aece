/**
 * @module
 * A proxy between a client and a server with the faults of networks. It cuts calls before they arrive, after
 * they were done and in the middle of the answer. It delays calls, sends them twice, and answers that the server is
 * busy.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Rng } from "../math/index.ts";

export const FAULTS = [
  "cut-before",
  "cut-after",
  "cut-answer",
  "delay",
  "duplicate",
  "busy",
  "broken",
  "unavailable",
] as const;
export type Fault = (typeof FAULTS)[number];

const STATUS: Partial<Record<Fault, number>> = { busy: 429, broken: 500, unavailable: 503 };

export interface FaultProxy {
  readonly url: string;
  /** How often each fault was done. */
  readonly counts: Record<Fault, number>;
  close(): Promise<void>;
}

/**
 * Starts a proxy.
 *
 * @param share of calls that a fault is done to, each kind as often as any other
 */
export async function startFaultProxy(target: string, share: number, seed: number): Promise<FaultProxy> {
  const rng = new Rng(seed);
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;

  const forward = async ({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer) => {
    const kept = ["content-type", "content-encoding", "accept"].flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    });
    const answer = await fetch(`${target}${url}`, {
      method,
      headers: Object.fromEntries(kept),
      ...(method === "POST" && { body: new Uint8Array(body) }),
    });
    const type = answer.headers.get("content-type") ?? "";
    return { status: answer.status, type, content: Buffer.from(await answer.arrayBuffer()) };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const fault = rng.uniform() < share ? FAULTS[Math.floor(rng.uniform() * FAULTS.length)] : undefined;
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    if (fault !== undefined) counts[fault] += 1;
    if (fault === "cut-before") return request.socket.destroy();
    const status = fault && STATUS[fault];
    if (status !== undefined) {
      response.writeHead(status, { "retry-after": "0" });
      return response.end("not now");
    }
    if (fault === "delay") await new Promise((resolve) => setTimeout(resolve, 5));
    const [first, second] = await Promise.all([
      forward(request, body),
      fault === "duplicate" ? forward(request, body) : undefined,
    ]);
    const given = second ?? first;
    if (fault === "cut-after") return request.socket.destroy();
    const { status: answered, type, content } = given;
    response.writeHead(answered, { "content-type": type, "content-length": content.byteLength });
    if (fault !== "cut-answer") return response.end(content);
    response.write(content.subarray(0, Math.floor(content.byteLength / 2)));
    return setTimeout(() => request.socket.destroy(), 1);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
