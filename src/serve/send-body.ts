/**
 * @module
 * Answers of both APIs.
 */
import type { ServerResponse } from "node:http";
import type { ResultBody } from "./result-body.ts";

export function sendBody(response: ServerResponse, status: number, { type, content }: ResultBody): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(content),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(content);
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  sendBody(response, status, { type: "application/json", content: JSON.stringify(body) });
}
