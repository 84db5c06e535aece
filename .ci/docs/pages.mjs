/**
 * The Markdown files of the repository, parsed: headings, links and code blocks, each with its line.
 */
import { readFileSync } from "node:fs";
import GithubSlugger from "github-slugger";
import markdownIt from "markdown-it";
import { repositoryFiles, root } from "../repository-files.mjs";

const markdown = markdownIt({ html: true });

/** Paths of the Markdown files, except notes that lie with recordings. */
export const pagePaths = () => repositoryFiles(["*.md"]).filter((path) => !path.startsWith("fixtures/"));

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
