/**
 * @module
 * Links from pages to files of the repository outside of docs/. On GitHub they open the file; on the site they open a
 * page that `write-outside-pages.mjs` makes of it.
 */
import { dirname, join } from "node:path/posix";
import type { MarkdownRenderer } from "vitepress";

/**
 * The page of a file or folder outside of docs/, as a path in docs/.
 *
 * @param path from the root of the repository, such as `src/math/ratio.ts`
 */
export function outsidePage(path: string): string {
  if (path === "README.md") return "index.md";
  const name = path.replace(/\/$/, "").replace(/\.md$/, "");
  return `source/${name.replaceAll(".", "-")}.md`;
}

/**
 * The target of a link as a path from the root of the repository; undefined for a target in docs/ and for a web address.
 *
 * @param href as written
 * @param page the path of the page, from the root of the repository
 */
export function outsideTarget(href: string, page: string): string | undefined {
  if (/^[a-z][a-z+.-]*:|^[/#]/i.test(href)) return undefined;
  const target = join(dirname(page), href.replace(/[?#].*$/, ""));
  return target.startsWith("docs/") || target.startsWith("..") ? undefined : target.replace(/\/$/, "");
}

/** Markdown-it plug-in: links to files outside of docs/ lead to their pages. */
export function linksToOutside(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("links-to-outside", ({ tokens, env }) => {
    const page = `docs/${env.relativePath}`;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== "link_open") continue;
      const href = token.attrGet("href");
      const target = href === null ? undefined : outsideTarget(decodeURI(href), page);
      if (href === null || target === undefined) continue;
      token.attrSet("href", `/${outsidePage(target)}${href.match(/#.*$/)?.[0] ?? ""}`);
    }
  });
}
