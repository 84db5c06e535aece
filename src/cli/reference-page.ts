/**
 * @module
 * The reference of the command line as a Markdown page, from the program itself: docs/cli.md.
 */
import type { Argument, Command, Option } from "commander";
import type { CliContext } from "./context.ts";
import { completeProgram } from "./program.ts";

const INTRODUCTION = `# Command line

Every command with its arguments and options. Written by \`npm run cli-page\`; do not edit.

\`npx fovea COMMAND\` runs a command of the installed package; in a checkout \`npm run build\` builds it first. Results go to stdout and
progress to stderr. \`--json\` prints one JSON object a line. The exit status is 0 for success, 1 for a failure, 2 for wrong usage or
a wrong configuration, and 130 after Ctrl-C. \`fovea COMMAND --help\` prints the same text.
`;

/** Text in a cell of a table, in which Markdown takes no part of it for markup. */
const cell = (text: string) =>
  text.replaceAll("|", "\\|").replaceAll("<", "\\<").replaceAll("*", "\\*").replaceAll("\n", " ");

const code = (text: string) => `\`${text.replaceAll("|", "\\|")}\``;

/** The meaning of an argument or option, its choices and its default. */
function meaning({ description, argChoices, defaultValue }: Argument | Option): string {
  const choices = argChoices === undefined ? [] : [`choices: ${argChoices.join(", ")}`];
  const isShown = defaultValue !== undefined && defaultValue !== false && !isEmptyList(defaultValue);
  const given = isShown ? [`default: ${JSON.stringify(defaultValue)}`] : [];
  const added = [...choices, ...given].join("; ");
  return cell(added === "" ? description : `${description} (${added})`);
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

function table(kind: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "";
  return `\n| ${kind} | |\n|---|---|\n${rows.map(([name, text]) => `| ${code(name)} | ${text} |`).join("\n")}\n`;
}

function argumentName(argument: Argument): string {
  const shown = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${shown}>` : `[${shown}]`;
}

function section(command: Command, parents: string, level: string): string {
  const name = `${parents} ${command.name()}`;
  const inner = command.commands.map((sub) => section(sub, name, `${level}#`));
  const usage = `${name} ${command.usage()}`.trim();
  const options = command.options.filter(({ hidden }) => !hidden);
  return [
    `\n${level} ${name}\n`,
    `\n${cell(command.description())}${/[.!?]$/.test(command.description()) ? "" : "."}\n`,
    `\n\`\`\`\n${usage}\n\`\`\`\n`,
    table(
      "argument",
      command.registeredArguments.map((argument) => [argumentName(argument), meaning(argument)]),
    ),
    table(
      "option",
      options.map((option) => [option.flags, meaning(option)]),
    ),
    ...inner,
  ].join("");
}

/** The page docs/cli.md. */
export async function commandLinePage(context: CliContext): Promise<string> {
  const { commands } = await completeProgram(context);
  const list = commands.map((command) => {
    const name = `fovea ${command.name()}`;
    return `| [${code(name)}](#${name.replaceAll(" ", "-")}) | ${cell(command.description())} |`;
  });
  const overview = `\n| command | |\n|---|---|\n${list.join("\n")}\n`;
  return `${INTRODUCTION}${overview}${commands.map((command) => section(command, "fovea", "##")).join("")}`;
}
