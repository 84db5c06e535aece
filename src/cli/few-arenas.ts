/**
 * @module
 * Starts a server again with few arenas. The allocator of Linux (glibc) keeps freed memory in the arenas of its threads, of which
 * it opens eight a core: models that come and go would leave gigabytes there. It reads its settings once, when a program starts.
 */

/** Arenas of a server: its threads seldom allocate at once. */
const ARENAS = "2";
const VARIABLE = "MALLOC_ARENA_MAX";

/** Of Node 22.15 and newer; not available on Windows. */
type Replace = (file: string, words: readonly string[], environment: NodeJS.ProcessEnv) => never;

/** The parts of `process` that are read. */
export interface StartedProcess {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
  readonly execve?: Replace;
}

/**
 * Replaces the process by the same program with two arenas, under the same process id; returns where that is done, not
 * needed or not possible. Called before anything is opened.
 */
export function useFewArenas(started: StartedProcess): void {
  const { platform, env, execPath, execArgv, argv } = started;
  if (platform !== "linux" || env[VARIABLE] !== undefined) return;
  started.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, [VARIABLE]: ARENAS });
}
