/**
 * @module
 * `fovea verify`: judges a file of answers by a verdict, and lists disagreements with the expected scores.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Command } from "commander";
import * as z from "zod";
import { ConfigError, DataError } from "../errors/index.ts";
import { nearestName, withoutMark } from "../parts/index.ts";
import {
  createVerdict,
  type JudgedProblem,
  type Judgement,
  VERDICT_KINDS,
  type Verdict,
  verdictSchema,
} from "../verify/index.ts";
import type { CliContext } from "./context.ts";
import { several } from "./several.ts";

interface VerifyFlags {
  readonly verdict: string;
  readonly set: readonly string[];
  readonly show: string;
  readonly json?: boolean;
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);
const rowSchema = z.looseObject({
  completion: z.string().optional(),
  given: text.optional(),
  mode: z.enum(["equivalent", "completion"]).optional(),
  answers: texts.optional(),
  answer: texts.optional(),
  reference: texts.optional(),
  gold: texts.optional(),
  options: z.array(text).optional(),
  question: z.string().default(""),
  expected: z.union([z.boolean(), z.number()]).optional(),
});

interface Row {
  readonly line: number;
  /** The text that the verdict reads: a completion, or an answer inside the marker of a final answer. */
  readonly text: string;
  readonly shown: string;
  readonly problem: JudgedProblem;
  readonly expected: number | undefined;
}

/** A line that is not a row: its place, the expected fields and the actual fields. */
class BadRow {
  readonly line: number;
  readonly message: string;

  constructor(line: number, message: string) {
    this.line = line;
    this.message = message;
  }
}

/** Optional columns, whose misspelling causes no error. */
const OPTIONAL_COLUMNS = ["expected", "options"];

/** One line as a row. */
function rowOf(line: string, number: number, file: string): Row | BadRow {
  const bad = (message: string) => new BadRow(number, `${file}:${number}: ${message}`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return bad(`expected a JSON object, got ${JSON.stringify(line.slice(0, 60))}`);
  }
  const parsed = rowSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return bad(`${issue?.path.join(".") || "row"}: ${issue?.message ?? "not a row"}`);
  }
  const held = () => Object.keys(value as object).join(", ") || "no column";
  const {
    completion,
    given,
    mode,
    answers,
    answer,
    reference,
    gold,
    options,
    question,
    expected,
    ...columns
  } = parsed.data;
  const accepted = answers ?? answer ?? reference ?? gold;
  if (accepted === undefined) return bad(`expected answers, answer, reference or gold, got ${held()}`);
  const shown = completion ?? given;
  if (shown === undefined) return bad(`expected completion or given, got ${held()}`);
  const isWhole = completion === undefined && mode !== "completion";
  return {
    line: number,
    text: isWhole ? `<answer>${shown}</answer>` : shown,
    shown,
    problem: { question, answers: accepted, columns, ...(options !== undefined && { options }) },
    expected: expected === undefined ? undefined : Number(expected),
  };
}

/** Reads a file of JSON lines row by row. */
async function* rowsOf(file: string): AsyncGenerator<Row | BadRow> {
  const stream = createReadStream(file, "utf8");
  let number = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      const text = number === 1 ? withoutMark(line) : line;
      if (text.trim() !== "") yield rowOf(text, number, file);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      throw new DataError(`${file}: expected a file of JSON lines, got ${error.message}`, { cause: error });
    }
    throw error;
  } finally {
    stream.destroy();
  }
}

/** Warns once about each unread column whose name is close to an optional column that the row lacks. */
function columnWarner(file: string, { stderr }: CliContext): (row: Row) => void {
  const warned = new Set<string>();
  return ({ line, problem, expected }) => {
    const lacking = OPTIONAL_COLUMNS.filter((name) =>
      name === "expected" ? expected === undefined : problem.options === undefined,
    );
    if (lacking.length === 0) return;
    for (const column of Object.keys(problem.columns)) {
      if (warned.has(column)) continue;
      const near = nearestName(column, lacking);
      // "position" is a column of its own, not "options" misspelt.
      if (near === undefined || near[0] !== column[0]?.toLowerCase()) continue;
      warned.add(column);
      stderr(`warning: ${file}:${line}: the column "${column}" is not read; did you mean "${near}"?\n`);
    }
  };
}

/** The verdict of the flags. */
function verdictOf({ verdict: kind, set }: VerifyFlags, { stderr }: CliContext): Verdict {
  const options = set.map((entry): [string, unknown] => {
    const at = entry.indexOf("=");
    if (at <= 0) throw new ConfigError(`--set: expected key=value, got "${entry}"`);
    if (entry.slice(0, at) === "kind")
      throw new ConfigError("--set: expected an option, got kind; --verdict names the kind");
    const value = entry.slice(at + 1);
    return [entry.slice(0, at), /^(?:true|false|-?\d+(?:\.\d+)?)$/.test(value) ? JSON.parse(value) : value];
  });
  if (!VERDICT_KINDS.includes(kind)) {
    throw new ConfigError(`--verdict: expected one of ${VERDICT_KINDS.join(", ")}, got "${kind}"`);
  }
  const parsed = verdictSchema.safeParse({ kind, ...Object.fromEntries(options) });
  if (parsed.success) {
    return createVerdict(parsed.data, { warn: (message) => stderr(`warning: ${message}\n`) });
  }
  const faults = parsed.error.issues.map(({ path, message }) => `${[kind, ...path].join(".")}: ${message}`);
  throw new ConfigError(`--set: ${faults.join("; ")}`);
}

/** Counts over all rows. */
interface Tally {
  rows: number;
  bad: number;
  unscorable: number;
  total: number;
  expected: number;
  agreed: number;
  wrongAccepts: number;
  wrongRejects: number;
}

const EQUAL = 1e-9;

/** Counts a row, and returns whether its score is the expected one. */
function count(tally: Tally, { expected }: Row, { score }: Judgement): boolean {
  tally.rows++;
  if (score === null) tally.unscorable++;
  tally.total += score ?? 0;
  if (expected === undefined) return true;
  tally.expected++;
  const agrees = score !== null && Math.abs(score - expected) <= EQUAL;
  if (agrees) tally.agreed++;
  else if (score !== null && score > expected) tally.wrongAccepts++;
  else if (score !== null) tally.wrongRejects++;
  return agrees;
}

function shortened(value: string): string {
  const line = value.replaceAll(/\s+/g, " ").trim();
  return line.length <= 100 ? line : `${line.slice(0, 48)} … ${line.slice(-48)}`;
}

function disagreementText(row: Row, { extracted, score, reason }: Judgement): string {
  return [
    `line ${row.line}: expected ${row.expected}, got ${score ?? "no score"} (${reason})`,
    `  given      ${shortened(row.shown)}`,
    ...(extracted === row.shown
      ? []
      : [`  extracted  ${extracted === null ? "nothing" : shortened(extracted)}`]),
    `  accepted   ${row.problem.answers.map(shortened).join(" | ")}`,
    "",
  ].join("\n");
}

function summaryText(kind: string, tally: Tally): string {
  const share = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
  const lines = [
    `${tally.rows} rows judged by ${kind}, mean score ${(tally.total / Math.max(1, tally.rows)).toFixed(4)}`,
  ];
  if (tally.bad > 0) lines.push(`${tally.bad} invalid ${tally.bad === 1 ? "line" : "lines"} skipped`);
  if (tally.unscorable > 0) lines.push(`${tally.unscorable} cannot be judged`);
  if (tally.expected > 0) {
    lines.push(
      `agreement ${tally.agreed} of ${tally.expected}, ${share(tally.agreed, tally.expected)}: ` +
        `${tally.wrongAccepts} accepted that should not be, ${tally.wrongRejects} rejected that should not be`,
    );
  }
  return `${lines.join("\n")}\n`;
}

async function verify(file: string, flags: VerifyFlags, context: CliContext): Promise<void> {
  const verdict = verdictOf(flags, context);
  const show = flags.show === "all" ? Number.POSITIVE_INFINITY : Number(flags.show);
  if (!(show >= 0)) throw new ConfigError(`--show: expected a number or all, got "${flags.show}"`);
  const isJson = flags.json === true;
  const tally: Tally = {
    rows: 0,
    bad: 0,
    unscorable: 0,
    total: 0,
    expected: 0,
    agreed: 0,
    wrongAccepts: 0,
    wrongRejects: 0,
  };
  let shown = 0;
  const warnOfColumns = columnWarner(file, context);
  for await (const row of rowsOf(file)) {
    if (row instanceof BadRow) {
      if (tally.bad++ < show) context.stderr(`error: ${row.message}\n`);
      if (isJson) {
        context.stdout(`${JSON.stringify({ event: "bad-row", line: row.line, message: row.message })}\n`);
      }
      continue;
    }
    warnOfColumns(row);
    const judgement = await verdict.judge(row.text, row.problem);
    const agrees = count(tally, row, judgement);
    if (isJson) {
      const { line, expected } = row;
      context.stdout(`${JSON.stringify({ event: "row", line, ...judgement, expected, agrees })}\n`);
    } else if (!agrees && shown++ < show) context.stdout(disagreementText(row, judgement));
  }
  if (tally.rows === 0 && tally.bad === 0)
    throw new DataError(`${file}: expected at least one row, got none`);
  if (tally.bad > show) context.stderr(`and ${tally.bad - show} more bad rows; --show all prints them\n`);
  if (isJson) {
    const { total, ...counts } = tally;
    const mean = tally.rows === 0 ? null : total / tally.rows;
    context.stdout(`${JSON.stringify({ event: "finished", verdict: flags.verdict, mean, ...counts })}\n`);
  } else {
    if (shown > show) context.stdout(`and ${shown - show} more; --show all prints them\n`);
    context.stdout(summaryText(flags.verdict, tally));
  }
  if (tally.bad > 0) {
    throw new DataError(
      `${file}: expected only rows, got ${tally.bad} invalid of ${tally.rows + tally.bad} lines`,
    );
  }
}

/** Adds the arguments and the action of `fovea verify`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<file>", "JSON lines: completion or given; answers, reference or gold; options; expected")
    .option("--verdict <kind>", VERDICT_KINDS.join(", "), "answer")
    .option("--set <key=value>", "an option of the verdict; may be repeated", several, [])
    .option("--show <count>", "number of disagreements to print, or all", "20")
    .option("--json", "print one JSON object a row, and one at the end")
    .action((file: string, flags: VerifyFlags) => verify(file, flags, context));
}
