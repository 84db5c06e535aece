/**
 * @module
 * Errors of requests to the hub, with messages that say how to fix them.
 */
import { DownloadError, FoveaError } from "../../errors/index.ts";
import { isSystemError, writeFailure } from "../../errors/system-error.ts";
import type { HubReference } from "./hub-reference.ts";
import type { HubSettings } from "./hub-settings.ts";

/** The status that the hub answered with; undefined when it did not answer. The library's class is loaded on demand. */
function statusOf(error: unknown): number | undefined {
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === "number" ? statusCode : undefined;
}

/** Whether another attempt may go well: the connection broke, or the hub is busy or ill. */
export function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return status === 429 || status >= 500;
  return !(error instanceof FoveaError) && cacheFailure(error) === undefined;
}

/** Codes of calls that write to a disk, and that another attempt will not change. */
const OF_THE_CACHE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EDQUOT", "EMFILE", "ENOSPC"]);

/**
 * Why the cache could not be written, in words; undefined where it was not that. A connection may fail with the same codes,
 * and is the cause of an error then.
 */
function cacheFailure(error: unknown): string | undefined {
  if (isSystemError(error) && OF_THE_CACHE.has(error.code)) return writeFailure(error);
  return systemCode(error) === "ENOSPC" ? "no space left on the disk" : undefined;
}

/** Whether the hub could not be reached at all. */
export function isUnreachable(error: unknown): boolean {
  return statusOf(error) === undefined && isPassing(error);
}

/** The error as users see it. */
export function downloadError(
  error: unknown,
  { type, name, revision }: HubReference,
  { endpoint, cache, token }: HubSettings,
): Error {
  if (error instanceof FoveaError) return error;
  const what = `${name}@${revision}`;
  const options = { cause: error };
  const status = statusOf(error);
  if (status !== undefined) {
    if (status === 401 || status === 403) {
      const login = token === undefined ? "no token is set" : "the token in use may not read it";
      return new DownloadError(
        `${what}: ${endpoint} refuses (${status}): no such repository, or a private or gated one and ${login}; set HF_TOKEN`,
        options,
      );
    }
    if (status === 404)
      return new DownloadError(
        `${what}: ${endpoint} has no such repository or revision (404)${type === "dataset" ? ", nor is there such a path on this machine" : ""}`,
        options,
      );
    return new DownloadError(`${what}: ${endpoint} answers ${status}: ${(error as Error).message}`, options);
  }
  const failure = cacheFailure(error);
  if (failure !== undefined)
    return new DownloadError(`${what}: ${failure}: the cache at ${cache} cannot be written`, options);
  return new DownloadError(
    `${what}: ${endpoint} cannot be reached (${reason(error)}), and the cache at ${cache} does not have it whole; ` +
      `there is no such path on this machine; without a network, give the path of ${type === "model" ? "a model directory" : "a data set"} that is there`,
    options,
  );
}

function systemCode(error: unknown): string | undefined {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code ?? cause?.code;
}

function reason(error: unknown): string {
  return systemCode(error) ?? (error instanceof Error ? error.message : String(error));
}
