/**
 * The rules for prose: sentences of at most 35 words, no house words, nouns at the head of clauses. Reads the
 * documentation, and the comments and messages of the source. Fails on any finding.
 *
 *     npm run prose                      # everything
 *     npm run prose -- src/train         # these files or folders
 *     npm run prose -- --summary src     # their number in each file
 */
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sentenceFindings } from "./prose/check-sentence.mjs";
import { checkedMarkdown, DEFAULT_PATHS, filesBelow, readText } from "./prose/files.mjs";
import { sentencesOf } from "./prose/sentences.mjs";
import { sourcePassages } from "./prose/source-passages.mjs";
import { root } from "./repository-files.mjs";

const { values, positionals } = parseArgs({
  options: { summary: { type: "boolean", default: false } },
  allowPositionals: true,
});

/** @param {string} name */
const passagesOf = (name) => {
  const text = readText(root, name);
  return name.endsWith(".md") ? [{ text: checkedMarkdown(name, text), line: 1 }] : sourcePassages(name, text);
};

/** @param {string} name */
const findingsIn = (name) =>
  passagesOf(name).flatMap((passage) =>
    sentencesOf(passage.text)
      .flatMap(sentenceFindings)
      .map((finding) => ({ ...finding, line: finding.line + passage.line - 1 })),
  );

const paths =
  positionals.length > 0 ? positionals.map((path) => relative(root, resolve(path))) : DEFAULT_PATHS;
const names = filesBelow(paths);
let failing = 0;
for (const path of paths) {
  if (filesBelow([path]).length > 0) continue;
  failing += 1;
  console.error(`${path}: has no file that the rules read`);
}
for (const name of names) {
  const found = findingsIn(name);
  failing += found.length;
  if (values.summary && found.length > 0) console.log(`${String(found.length).padStart(5)} ${name}`);
  if (!values.summary)
    for (const { line, rule, message } of found) console.log(`${name}:${line}: ${rule}: ${message}`);
}
console.log(`${names.length} files, ${failing} findings`);
process.exitCode = failing === 0 ? 0 : 1;
