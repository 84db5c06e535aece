/**
 * TypeScript blocks, compiled against the package's own types. A block stands in a folder with the files of
 * examples/<page>/, so that a page can show files that import each other.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../repository-files.mjs";

const FOLDER = join(root, "dist", "docs-blocks");

/** Problems of all blocks, each with the page and line of the code. */
export function typescriptProblems(blocks) {
  if (blocks.length === 0) return [];
  rmSync(FOLDER, { recursive: true, force: true });
  const written = new Map();
  blocks.forEach(({ path, line, language, text }, index) => {
    const page = basename(path, ".md");
    const folder = join(FOLDER, page);
    mkdirSync(folder, { recursive: true });
    const examples = join(root, "examples", page);
    if (existsSync(examples)) cpSync(examples, folder, { recursive: true });
    const name = `block-${index}.${language}`;
    writeFileSync(join(folder, name), `${text}\nexport {};\n`);
    written.set(`${page}/${name}`, { path, line });
  });
  const compilerOptions = {
    noEmit: true,
    composite: false,
    declaration: false,
    types: ["node"],
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
    noUnusedLocals: false,
    allowJs: true,
    checkJs: true,
  };
  writeFileSync(
    join(FOLDER, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions, include: ["*/block-*"] }),
  );
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { status, stdout, error } = spawnSync(tsc, ["-p", FOLDER, "--pretty", "false"], {
    cwd: FOLDER,
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  rmSync(FOLDER, { recursive: true });
  if (status === 0) return [];
  return stdout
    .trim()
    .split("\n")
    .map((problem) => {
      const [, file, row, rest] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(problem) ?? [];
      const block = written.get(file);
      return block === undefined ? problem : `${block.path}:${block.line + Number(row)}: ${rest}`;
    });
}
