/**
 * Runs the README's example of own data and an own reward as it is printed: its reward and its configuration in place of
 * the files that `fovea init` writes, then its commands. The run has one iteration in place of 50.
 *
 *     node .ci/readme-example.mjs
 *
 * It needs the built package (`npm run build`).
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The only code block of a language below a heading. */
function block(heading, language) {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const found = [...section.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))];
  if (found.length !== 1)
    throw new Error(`README.md, ${heading}: expected one ${language} block, got ${found.length}`);
  return found[0][1];
}

const [row, reward, settings, commands] = ["jsonl", "js", "yaml", "sh"].map((language) =>
  block("Your own data and reward", language),
);
const scratch = mkdtempSync(join(tmpdir(), "fovea-readme-"));
const fovea = (words) => {
  console.log(`fovea ${words.join(" ")}`);
  return execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...words], {
    cwd: scratch,
    encoding: "utf8",
  });
};

try {
  fovea(["init", "own"]);
  if (!readFileSync(join(scratch, "own/rows.jsonl"), "utf8").includes(row)) {
    throw new Error(`README.md: expected a row that fovea init writes, got ${row}`);
  }
  writeFileSync(join(scratch, "own/reward.mjs"), reward);
  const brief = settings.replace(/iterations: \d+/, "iterations: 1");
  if (brief === settings) throw new Error("README.md: expected the configuration to set train.iterations");
  writeFileSync(join(scratch, "own/run.yaml"), brief);
  const lines = commands.split("\n").filter(Boolean);
  if (lines.length < 4) throw new Error(`README.md: expected four commands, got ${lines.length}`);
  for (const line of lines) {
    const [npx, name, ...words] = line.replace(/\s+#.*$/, "").split(" ");
    if (npx !== "npx" || name !== "fovea") throw new Error(`README.md: expected npx fovea, got ${line}`);
    console.log(fovea(words));
  }
  if (!existsSync(join(scratch, "runs/own/metrics.jsonl")))
    throw new Error("expected runs/own/metrics.jsonl");
} finally {
  rmSync(scratch, { recursive: true });
}
