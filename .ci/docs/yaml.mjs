/**
 * YAML blocks: a run configuration, or a grid (a block with `axes`), read by the program's own schema.
 */

import { readGrid } from "fovea/compare";
import { resolveConfig } from "fovea/config";
import { parseDocument } from "yaml";

/** Problems of one block. */
export function yamlProblems({ path, line, text }) {
  try {
    const document = parseDocument(text);
    if (document.errors.length > 0) throw document.errors[0];
    const settings = document.toJS();
    if ("axes" in settings) readGrid(settings);
    else resolveConfig({ file: settings });
    return [];
  } catch (error) {
    return [`${path}:${line}: ${error.message}`];
  }
}
