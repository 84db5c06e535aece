/**
 * @module
 * Writes docs/source/: one page for each file and folder of the repository that a page links to, so that such links lead
 * to a page on the site too. Markdown keeps its form, with its links rewritten; another file is one code block.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { outsidePage, outsideTarget } from "./outside-links.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LINK = /\]\(([^()\s]+)\)/g;
/** Pages that the sidebar names, linked or not. */
const ALWAYS = ["CHANGELOG.md", "CONTRIBUTING.md", "bench/results.md"];

/** Paths of the Markdown files in one folder. */
function markdownFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
}

/** Targets outside of docs/ of the links of a Markdown file. */
function targetsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(LINK)].flatMap(([, href = ""]) => outsideTarget(href, path) ?? []);
}

/** A Markdown file as a page of the site: relative links lead from the page's own place. */
function markdownPage(path: string, page: string): string {
  const text = readFileSync(join(ROOT, path), "utf8");
  return text.replace(LINK, (link, href: string) => {
    if (/^[a-z][a-z+.-]*:|^[/#]/i.test(href)) return link;
    const outside = outsideTarget(href, path);
    const target =
      outside === undefined
        ? join(dirname(path), href.replace(/#.*$/, "")).replace(/^docs\//, "")
        : outsidePage(outside);
    return `](${relative(dirname(page), target)}${/#.*$/.exec(href)?.[0] ?? ""})`;
  });
}

function filePage(path: string): string {
  const type = /\.([a-z]+)$/.exec(path)?.[1] ?? "text";
  const fence = "`````";
  return `# ${path}\n\n${fence}${type === "mjs" ? "js" : type}\n${readFileSync(join(ROOT, path), "utf8")}${fence}\n`;
}

function folderPage(path: string): string {
  const names = readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter(({ name }) => !name.includes(".test.") && name !== "tsconfig.json")
    .map((entry) => `- \`${entry.name}${entry.isDirectory() ? "/" : ""}\``);
  return `# ${path}/\n\n${names.sort().join("\n")}\n`;
}

rmSync(join(ROOT, "docs/source"), { recursive: true, force: true });
const waiting = ["docs", "docs/methods", "docs/tutorials"].flatMap(markdownFiles).flatMap(targetsOf);
const written = new Set<string>();
for (const path of [...waiting, ...ALWAYS]) writePage(path);

/** Writes the page of a file or folder, and the pages that it links to. */
function writePage(path: string): void {
  if (written.has(path) || path === "README.md") return;
  written.add(path);
  const page = outsidePage(path);
  const isMarkdown = path.endsWith(".md");
  const isFolder = statSync(join(ROOT, path)).isDirectory();
  const text = isFolder ? folderPage(path) : isMarkdown ? markdownPage(path, page) : filePage(path);
  mkdirSync(dirname(join(ROOT, "docs", page)), { recursive: true });
  writeFileSync(join(ROOT, "docs", page), text);
  if (isMarkdown) for (const target of targetsOf(path)) writePage(target);
}
process.stdout.write(`docs/source: ${written.size} pages of files outside of docs\n`);
