/**
 * @module
 * An ONNX export is recognised by its manifest.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { containedPath } from "./contained-path.ts";

export const EXPORT_MANIFEST = "onnx.json";

/** Whether a directory is an export. */
export async function holdsExport(directory: string): Promise<boolean> {
  try {
    return (await containedPath(directory, EXPORT_MANIFEST)) !== undefined;
  } catch {
    return false;
  }
}

/** Exports directly inside a directory, by name; none when it cannot be listed. */
export async function exportsInside(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
    const held = await Promise.all(names.map(({ name }) => holdsExport(join(directory, name))));
    return names.flatMap(({ name }, i) => (held[i] === true ? [name] : [])).sort();
  } catch {
    return [];
  }
}
