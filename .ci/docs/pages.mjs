/**
 * The Markdown files of the repository, parsed: headings, links and code blocks, each with its line.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import GithubSlugger from "github-slugger";
import markdownIt from "markdown-it";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const markdown = markdownIt({ html: true });

/** Paths of the Markdown files in git or new beside it, but for notes that lie with recordings. */
export function pagePaths() {
  const words = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.md"];
  const paths = execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim().split("\n");
  return paths.filter((path) => !path.startsWith("fixtures/"));
}

const textOf = (tokens) => tokens.map(({ content, type }) => (type === "image" ? "" : content)).join("");

/** One parsed page. */
export function readPage(path) {
  const tokens = markdown.parse(readFileSync(`${root}${path}`, "utf8"), {});
  const slugger = new GithubSlugger();
  const page = { path, anchors: new Set(), links: [], blocks: [] };
  let line = 1;
  tokens.forEach((token, index) => {
    if (token.map !== null) line = token.map[0] + 1;
    if (token.type === "heading_open")
      page.anchors.add(slugger.slug(textOf(tokens[index + 1].children ?? [])));
    if (token.type === "fence") {
      const [language = "", ...marks] = token.info.trim().split(/\s+/);
      const isFragment = marks.includes("fragment");
      page.blocks.push({ path, line, language, isFragment, marks, text: token.content });
    }
    for (const child of token.children ?? []) {
      const target = child.attrGet(child.type === "image" ? "src" : "href");
      if (target !== null) page.links.push({ line, target: decodeURI(target) });
    }
  });
  return page;
}
