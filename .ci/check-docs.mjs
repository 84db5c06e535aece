/**
 * Checks the Markdown pages: every link and anchor resolves, every YAML block is a configuration or a grid by the schema,
 * every TypeScript block compiles, worked numbers are what the code computes, every command in a shell block has the options that it is given. A block that
 * cannot be checked by itself says so by its info string, such as ```ts fragment; they are counted.
 *
 *     node .ci/check-docs.mjs
 *
 * It needs the built package (`npm run build`).
 */
import { commandProblems } from "./docs/commands.mjs";
import { linkProblems } from "./docs/links.mjs";
import { pagePaths, readPage } from "./docs/pages.mjs";
import { typescriptProblems } from "./docs/typescript.mjs";
import { isWorked, workedProblems } from "./docs/worked-numbers.mjs";
import { yamlProblems } from "./docs/yaml.mjs";

const pages = pagePaths().map(readPage);
const blocks = pages.flatMap(({ blocks: all }) => all);
const whole = (...languages) =>
  blocks.filter(({ language, isFragment }) => languages.includes(language) && !isFragment);
const [yaml, shell, code] = [whole("yaml", "yml"), whole("sh", "bash"), whole("ts", "js")];
const fragments = blocks.filter(({ isFragment }) => isFragment);
const unknown = blocks.filter(({ marks }) => marks.some((mark) => mark !== "fragment"));

const problems = [
  ...linkProblems(pages),
  ...unknown.map(
    ({ path, line, marks }) => `${path}:${line}: ${marks.join(" ")}: expected fragment or nothing`,
  ),
  ...yaml.flatMap(yamlProblems),
  ...typescriptProblems(code),
];
for (const block of shell) problems.push(...(await commandProblems(block)));
const worked = code.filter(isWorked);
for (const [index, block] of worked.entries()) problems.push(...(await workedProblems(block, index)));

for (const problem of problems) console.error(problem);
const links = pages.reduce((sum, page) => sum + page.links.length, 0);
console.log(
  `${pages.length} pages, ${links} links, ${yaml.length} YAML, ${code.length} TypeScript and JavaScript and ${shell.length} shell blocks, ` +
    `${worked.length} with worked numbers, ${fragments.length} fragments, ${problems.length} problems`,
);
for (const { path, line, language } of fragments) console.log(`fragment: ${path}:${line}: ${language}`);
process.exitCode = problems.length === 0 ? 0 : 1;
