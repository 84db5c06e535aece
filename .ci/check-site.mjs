/**
 * Checks the built site: every page is reached from the first within three clicks.
 *
 *     node .ci/check-site.mjs
 *
 * It needs the site (`npm run docs`).
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";

const CLICKS = 3;
const folder = fileURLToPath(new URL("../docs/.vitepress/dist", import.meta.url));
const pages = new Set(
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".html") && path !== "404.html",
  ),
);

/** Pages that a page links to. */
function linked(page) {
  const hrefs = [...readFileSync(join(folder, page), "utf8").matchAll(/<a [^>]*?href="([^"#?]+)/g)];
  return hrefs.flatMap(([, href]) => {
    if (/^[a-z]+:/.test(href)) return [];
    const path = href.startsWith("/") ? href.slice(1) : join(dirname(page), href);
    return [path, `${path}.html`, join(path, "index.html")].filter((name) => pages.has(name));
  });
}

const clicks = new Map([["index.html", 0]]);
for (const [page, count] of clicks) {
  for (const next of linked(page)) if (!clicks.has(next)) clicks.set(next, count + 1);
}
const far = [...pages].filter((page) => (clicks.get(page) ?? Number.POSITIVE_INFINITY) > CLICKS);
for (const page of far) console.error(`${page}: ${clicks.get(page) ?? "never"} clicks from the first page`);
const counts = Array.from(
  { length: CLICKS + 1 },
  (_, count) => [...clicks.values()].filter((value) => value === count).length,
);
console.log(
  `${pages.size} pages; reached by 0 to ${CLICKS} clicks: ${counts.join(", ")}; ${far.length} farther`,
);
process.exitCode = far.length === 0 && pages.size > 1 ? 0 : 1;
