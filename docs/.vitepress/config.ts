/**
 * @module
 * The site: `npm run docs` builds the Markdown pages of docs/ into docs/.vitepress/dist. A dead link fails the build.
 */
import { slug } from "github-slugger";
import { defineConfig } from "vitepress";
import { linksToOutside } from "./outside-links.ts";
import { plainBraces } from "./plain-braces.ts";
import { sidebar } from "./sidebar.ts";

export default defineConfig({
  title: "Fovea",
  description:
    "Reinforcement learning of vision-language models from verifiable rewards, with credit for every token",
  lang: "en",
  lastUpdated: false,
  srcExclude: ["node_modules/**"],
  markdown: {
    math: true,
    // Anchors are as on GitHub, so that a link is right in both places.
    anchor: { slugify: (text) => slug(text) },
    config: (markdown) => void markdown.use(linksToOutside).use(plainBraces),
    theme: { light: "github-light", dark: "github-dark" },
  },
  // Search and pages of one reference are single files; their size is no mistake.
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  themeConfig: {
    nav: [
      { text: "Tutorials", link: "/tutorials/own-data" },
      { text: "Methods", link: "/methods/" },
      { text: "Configuration", link: "/configuration" },
      { text: "CLI", link: "/cli" },
      { text: "API", link: "/api/" },
    ],
    sidebar: sidebar(),
    outline: { level: [2, 3] },
    search: {
      provider: "local",
      options: {
        // Generated source pages are read from a link; a search for a term is for pages that explain it.
        _render: (source, env, markdown) => {
          const html = markdown.render(source, env);
          return env.relativePath.startsWith("source/") ? "" : html;
        },
      },
    },
  },
});
