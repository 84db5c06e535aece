/**
 * The files of the repository: files in git, and new files that git does not ignore. The built site is ignored.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * Paths from the root, sorted.
 *
 * @param {readonly string[]} patterns of git: files, folders, or names such as *.md
 */
export function repositoryFiles(patterns) {
  const words = [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
    "--",
    ...patterns,
  ];
  const paths = execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim().split("\n");
  return paths.filter((path) => path !== "" && existsSync(join(root, path))).sort();
}
