/**
 * @module
 * Errors of the operating system, such as a full disk or a file that is not there.
 */

/** The meaning of the codes that users meet most, in words without a path. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ENOENT: "no such directory",
  ENOTDIR: "a part of its path is no directory",
  EISDIR: "is a directory",
  EIO: "the disk fails",
};

/** An error with the system's code, such as ENOSPC. */
export type SystemError = Error & { readonly code: string };

/** Whether the operating system refused a call; Node's own complaints about arguments are none. */
export function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error)) return false;
  const { code } = error as Partial<SystemError>;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code);
}

/** Why a file could not be written, in words; the system's own where the code is a rare one. */
export function writeFailure({ code, message }: SystemError): string {
  return REASONS[code] ?? message;
}
