/**
 * @module
 * Where in a user's file an error was thrown.
 */
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package's own code, whose frames are no user's. */
const OWN = `${fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "")}${sep}`;

/** A frame of a stack of V8: file, line and column at its end, in parentheses after a function's name. */
const FRAME = /^\s*at (?:.*? \()?(?:async )?(.+):(\d+):(\d+)\)?$/;

/** A file of a frame as a path; undefined if it is no file, such as code of Node. */
function pathOf(file: string): string | undefined {
  if (!file.startsWith("file://")) return /^(?:[\\/]|[A-Za-z]:[\\/])/.test(file) ? file : undefined;
  try {
    return fileURLToPath(file);
  } catch {
    return undefined;
  }
}

/**
 * The first place of an error's stack in a user's file, as `file:line:column`. Frames of Node and of installed packages are
 * passed over. Undefined where code of this package comes first, since that code failed, or where there is no such place.
 *
 * @param own the folder of this package's code; its own unless given
 */
export function errorPlace(error: unknown, own: string = OWN): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { stack, message } = error;
  if (typeof stack !== "string") return undefined;
  // A message may have lines that look like frames.
  const at = stack.indexOf(message);
  const frames = at < 0 ? stack : stack.slice(at + message.length);
  for (const line of frames.split("\n")) {
    const [, file, row, column] = FRAME.exec(line) ?? [];
    const path = file === undefined ? undefined : pathOf(file);
    if (path === undefined) continue;
    if (path.startsWith(own)) return undefined;
    if (!/[\\/]node_modules[\\/]/.test(path)) return `${path}:${row}:${column}`;
  }
  return undefined;
}
