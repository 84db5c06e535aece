/**
 * Commands in sh blocks: `fovea …` is parsed by the program itself without being run, `npm run …` names a script, and
 * `node`, `bash` and `python` are given files that exist.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { completeProgram } from "#program";
import { root } from "../repository-files.mjs";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const NPM = ["ci", "install", "test", "run", "pack"];

/** The commands of shell text as words: continued lines joined, comments left out, split at && | ; and line ends. */
export function shellCommands(text) {
  const commands = [];
  let words = [];
  let word;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  const characters = text.replaceAll("\\\n", " ");
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at];
    if (character === '"' || character === "'") {
      const end = characters.indexOf(character, at + 1);
      if (end < 0) throw new Error(`a quote is not closed: ${characters.slice(at, at + 30)}`);
      word = (word ?? "") + characters.slice(at + 1, end);
      at = end;
    } else if (character === "#" && word === undefined) {
      at = (characters.indexOf("\n", at) + 1 || characters.length + 1) - 2;
    } else if (/[\n;|&]/.test(character)) endCommand();
    else if (/\s/.test(character)) endWord();
    else word = (word ?? "") + character;
  }
  endCommand();
  return commands;
}

/** Parses words as the program does; no action runs. */
async function foveaProblem(words) {
  const said = [];
  const context = { stdout: () => undefined, stderr: (text) => said.push(text) };
  const program = await completeProgram(context);
  const stub = (command) => {
    // A default of an option, such as a list that collects, is new in each program.
    command.exitOverride().action(() => undefined);
    command.commands.forEach(stub);
  };
  program.commands.forEach(stub);
  try {
    await program.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    return error.code === "commander.helpDisplayed" ? undefined : error.message;
  }
}

async function problemOf([name, ...rest], path) {
  if (name === "npx")
    return problemOf(
      rest.filter((word) => !/^(--yes|-y)$/.test(word)),
      path,
    );
  if (name === "fovea") return foveaProblem(rest);
  if (name === "npm") {
    const [action, script] = rest.filter((word) => !word.startsWith("-"));
    if (!NPM.includes(action)) return `npm ${action}: expected one of ${NPM.join(", ")}`;
    return action === "run" && !(script in scripts) ? `npm run ${script}: no such script` : undefined;
  }
  if (["node", "bash", "python"].includes(name)) {
    const file = rest.find((word) => !word.startsWith("-"));
    const isOurs =
      file !== undefined && /^(?:\.ci|bench|docs|engines|examples|fixtures|scripts|src)\//.test(file);
    return isOurs && !existsSync(join(root, file)) ? `${file}: no such file` : undefined;
  }
  return undefined;
}

/** Problems of the commands of one block. */
export async function commandProblems({ path, line, text }) {
  const problems = [];
  for (const words of shellCommands(text)) {
    const plain = words.filter((word, index) => index > 0 || !/^[A-Z_]+=/.test(word));
    const problem = await problemOf(plain, path);
    if (problem !== undefined) problems.push(`${path}:${line}: ${words.join(" ")}: ${problem}`);
  }
  return problems;
}
