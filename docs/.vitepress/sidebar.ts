/**
 * @module
 * The order of the pages. Every page of docs/ is in it, else the build fails.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DefaultTheme } from "vitepress";

const DOCS = fileURLToPath(new URL("../", import.meta.url));

/** Pages that scripts write at build time; `source/` has no entries of its own but these. */
const GENERATED = ["api/index", "source/CHANGELOG", "source/CONTRIBUTING", "source/bench/results"];

interface Group {
  readonly text: string;
  readonly collapsed?: boolean;
  readonly pages: readonly (string | Group)[];
}

const GROUPS: readonly Group[] = [
  { text: "Start", pages: ["index", "tutorials/demo", "notation"] },
  {
    text: "Tutorials",
    pages: ["tutorials/own-data", "tutorials/own-credit", "tutorials/cluster", "tutorials/evaluate"],
  },
  {
    text: "Guides",
    collapsed: false,
    pages: [
      "data",
      "rewards",
      "judge",
      "models",
      "lora",
      "webgpu",
      "int8-rollouts",
      "presets",
      "evaluation",
      "statistics",
      "outside-judges",
      "viewer",
      "diagnosis",
      "compare",
      "tinker",
      "cluster",
      "chat",
      "export",
    ],
  },
  {
    text: "Methods",
    pages: [
      "methods/index",
      {
        text: "Credit",
        collapsed: true,
        pages: [
          "credit",
          "methods/dyco-rl",
          "methods/at-rl",
          "methods/vicra",
          "methods/vppo",
          "methods/papo",
          "methods/cppo",
          "methods/dvrp",
          "methods/cfpo",
          "methods/entropy-advantage",
          "methods/high-entropy-tokens",
          "methods/pgpo",
          "methods/vgpo",
          "methods/pepo",
          "methods/tor",
          "methods/vepo",
          "methods/gtpo",
          "methods/tpae",
          "methods/perceval",
          "methods/hicra",
          "methods/moca",
          "methods/tw-grpo",
          "methods/oracle",
          "methods/uniform",
        ],
      },
      {
        text: "Objectives",
        collapsed: true,
        pages: [
          "objectives",
          "methods/grpo",
          "methods/dr-grpo",
          "methods/dapo",
          "methods/gspo",
          "methods/sapo",
          "methods/cispo",
          "methods/ppo",
          "methods/reinforce",
          "methods/dpo",
        ],
      },
      {
        text: "Rewards",
        collapsed: true,
        pages: [
          "methods/step-grpo",
          "methods/t-grpo",
          "methods/faithful-grpo",
          "methods/vision-sr1",
          "methods/vapo",
          "methods/perception-r1",
          "methods/ced",
        ],
      },
      {
        text: "Rollouts",
        collapsed: true,
        pages: ["methods/noisy-rollout", "methods/share-grpo", "methods/ssr"],
      },
      "not-implemented",
    ],
  },
  { text: "Reference", pages: ["configuration", "cli", "api/index", "run-directory", "reliability"] },
  { text: "Extending", pages: ["extending", "architecture", "model", "architectures", "tensor"] },
  { text: "Reproduce", pages: ["reproduce", "reproduced", "study", "every-pair"] },
  { text: "Benchmarks", pages: ["benchmarks", "source/bench/results"] },
  { text: "Log", pages: ["log", "source/CHANGELOG", "source/CONTRIBUTING"] },
];

const pagesOf = ({ pages }: Group): string[] =>
  pages.flatMap((page) => (typeof page === "string" ? [page] : pagesOf(page)));

/** The first heading of a page, up to a colon. */
function titleOf(page: string): string {
  const path = `${DOCS}${page}.md`;
  const heading = existsSync(path) ? /^# (.+)$/m.exec(readFileSync(path, "utf8"))?.[1] : undefined;
  if (heading === undefined) throw new Error(`docs/${page}.md: expected a page with a heading`);
  const title = heading
    .replaceAll("`", "")
    .replace(/^Tutorial: /, "")
    .replace(/:.*$/, "");
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function item({ text, collapsed, pages }: Group): DefaultTheme.SidebarItem {
  return {
    text,
    ...(collapsed === undefined ? {} : { collapsed }),
    items: pages.map((page) =>
      typeof page === "string"
        ? { text: titleOf(page), link: `/${page.replace(/(^|\/)index$/, "$1")}` }
        : item(page),
    ),
  };
}

/** The sidebar; an error where a page of docs/ is not in it. */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const listed = new Set(GROUPS.flatMap(pagesOf));
  const written = ["", "methods/", "tutorials/"].flatMap((folder) =>
    readdirSync(`${DOCS}${folder}`)
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}${name.slice(0, -3)}`),
  );
  const missing = written.filter((page) => !listed.has(page));
  if (missing.length > 0) throw new Error(`docs/.vitepress/sidebar.ts: no entry for ${missing.join(", ")}`);
  const gone = [...listed].filter((page) => !written.includes(page) && !GENERATED.includes(page));
  if (gone.length > 0) throw new Error(`docs/.vitepress/sidebar.ts: no page for ${gone.join(", ")}`);
  return GROUPS.map(item);
}
