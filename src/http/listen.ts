/**
 * @module
 * Opening a server's port.
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ConfigError, RunError } from "../errors/index.ts";

const MOST = 65_535;

/**
 * Listens on an address.
 *
 * @param port 0 for a free one
 * @returns the port
 * @throws ConfigError when the number is not a port
 * @throws RunError when the address cannot be used, with the reason
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  if (!(Number.isInteger(port) && port >= 0 && port <= MOST)) {
    throw new ConfigError(`port: expected a whole number from 0 to ${MOST}, got ${port}`);
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === "EADDRINUSE" ? "the port is in use; port 0 selects a free one" : cause.message;
      reject(new RunError(`${host}:${port}: ${reason}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
