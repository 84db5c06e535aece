/**
 * Relative links of pages: the file is there, and the anchor is a heading of it, by GitHub's rules.
 */
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { root } from "../repository-files.mjs";

const isAddress = (target) => /^[a-z][a-z+.-]*:/i.test(target);

/** Problems of all links between pages. */
export function linkProblems(pages) {
  const anchors = new Map(pages.map((page) => [page.path, page.anchors]));
  return pages.flatMap(({ path, links }) =>
    links.flatMap(({ line, target }) => {
      if (isAddress(target)) return [];
      const [file, anchor] = target.split("#");
      const at = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(root, at))) return [`${path}:${line}: ${target}: no such file`];
      if (anchor === undefined) return [];
      const known = anchors.get(at);
      if (known === undefined) {
        return statSync(join(root, at)).isFile() && !at.endsWith(".md")
          ? [`${path}:${line}: ${target}: an anchor needs a page`]
          : [];
      }
      return known.has(anchor) ? [] : [`${path}:${line}: ${target}: no such heading`];
    }),
  );
}
