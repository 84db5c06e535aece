/** Which files the prose rules read, and which part of them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Files that are checked only when they are named, until they have been rewritten. A folder ends with a slash. */
export const PENDING = ["README.md", "CHANGELOG.md", "docs/", "src/", "viewer/"];

const LOG = "docs/log.md";
/** Entries of the log before this day keep their words. */
const LOG_CHECKED_FROM = "2026-11-30";

const IS_READ = /\.(?:md|tsx?)$/;
const IS_SKIPPED = /(?:^|\/)(?:node_modules|dist|cache)(?:\/|$)|_pb\.ts$|\.d\.ts$/;
/** A page that a program writes says so above its first heading of second order; its words are in the program. */
const IS_GENERATED = /^(?:(?!## )[\s\S])*?\bdo not edit\b/i;

export const DEFAULT_PATHS = ["README.md", "CHANGELOG.md", "docs", "src", "viewer"];

/** @param {string} root @param {string} path @returns {string[]} relative to root, sorted */
export const filesBelow = (root, path) => {
  const name = relative(root, path);
  if (IS_SKIPPED.test(name)) return [];
  if (statSync(path).isDirectory()) {
    return readdirSync(path)
      .sort()
      .flatMap((entry) => filesBelow(root, join(path, entry)));
  }
  return IS_READ.test(name) ? [name] : [];
};

/** Sections other than those wanted become empty lines, so that line numbers stay. */
const onlySections = (
  /** @type {string} */ text,
  /** @type {(heading: string, index: number) => boolean} */ isWanted,
) => {
  let index = -1;
  let wanted = false;
  return text
    .split("\n")
    .map((line) => {
      if (line.startsWith("## ")) {
        index++;
        wanted = isWanted(line.slice(3), index);
      }
      return wanted ? line : "";
    })
    .join("\n");
};

/** The checked part of a Markdown file. @param {string} name @param {string} text */
export const checkedMarkdown = (name, text) => {
  if (name === "CHANGELOG.md") return onlySections(text, (_, index) => index === 0);
  if (name === LOG) return onlySections(text, (heading) => heading.slice(0, 10) >= LOG_CHECKED_FROM);
  return IS_GENERATED.test(text) ? "" : text;
};

/** @param {string} root @param {string} name */
export const readText = (root, name) => readFileSync(join(root, name), "utf8");

/** @param {string} name */
export const isPending = (name) =>
  PENDING.some((pending) => (pending.endsWith("/") ? name.startsWith(pending) : name === pending));
