/**
 * @module
 * The data set of another tool that recorded answers belong to.
 */
import { ConfigError, DataError } from "../../errors/index.ts";
import { nearestName } from "../../parts/index.ts";
import type { RecordedAnswers } from "../benchmark/read-answers.ts";

/** A data set, or a task, of another tool. */
export interface Target {
  /** As the tool calls it. */
  readonly name: string;
  /** Columns of its published rows; rows without them are of another file. */
  readonly columns: readonly string[];
  /** Columns that they have not, where another file has these and more. */
  readonly absent?: readonly string[];
  /** Options of the benchmark with which its problems equal the data set's. */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  /** Values that every row has. */
  readonly rows?: Readonly<Record<string, string>>;
  /** Columns that the tool adds to the published rows. */
  readonly added?: Readonly<Record<string, string>>;
}

/** Data sets by the kind of the benchmark; of several that fit, the first unless another is asked for. */
export type Targets = Readonly<Record<string, readonly Target[]>>;

/** Whether a target is that of the options with which the benchmark was opened; true where they are not recorded. */
function fitsOptions({ options = {} }: Target, { header }: RecordedAnswers): boolean {
  const { options: recorded } = header;
  return (
    recorded === undefined || Object.entries(options).every(([option, value]) => recorded[option] === value)
  );
}

function fitsRows({ rows = {} }: Target, { answers }: RecordedAnswers): boolean {
  return answers.every(({ columns }) =>
    Object.entries(rows).every(([column, value]) => columns[column] === value),
  );
}

/** The difference between the rows and the target's rows; undefined if there is none. */
function rowFault({ columns, absent = [] }: Target, { answers }: RecordedAnswers): string | undefined {
  const present = new Set(answers.flatMap((answer) => Object.keys(answer.columns)));
  const missing = columns.filter((column) => !present.has(column));
  if (missing.length > 0) return `they lack the columns ${missing.join(", ")}`;
  const foreign = absent.filter((column) => present.has(column));
  return foreign.length === 0 ? undefined : `they have the columns ${foreign.join(", ")}`;
}

const listed = (targets: readonly Target[]) => targets.map(({ name }) => name).join(", ");

/**
 * The data set of recorded answers.
 *
 * @param tool its name, for messages
 * @param asked the name of a data set that fits
 * @throws ConfigError when the tool has no such data set, naming its data sets
 * @throws DataError when there are no answers, or their rows are not the tool's
 */
export function targetOf(
  tool: string,
  targets: Targets,
  recorded: RecordedAnswers,
  asked: string | undefined,
): Target {
  const { benchmark, options } = recorded.header;
  const known = targets[benchmark];
  if (known === undefined) {
    const kinds = Object.keys(targets).join(", ");
    throw new ConfigError(
      `${tool}: no data set is known for the benchmark ${benchmark}; expected one of ${kinds}`,
    );
  }
  if (recorded.answers.length === 0)
    throw new DataError(`${tool}: expected answers to ${benchmark}, got none`);
  const fitting = known.filter((target) => fitsOptions(target, recorded) && fitsRows(target, recorded));
  if (fitting.length === 0) {
    throw new ConfigError(
      `${tool}: no data set is known for ${benchmark} with ${JSON.stringify(options)}; it has ${listed(known)}`,
    );
  }
  const named = asked === undefined ? fitting : fitting.filter(({ name }) => name === asked);
  if (named.length === 0) {
    const names = fitting.map(({ name }) => name);
    const near = nearestName(asked!, names);
    throw new ConfigError(
      `${tool}: --dataset ${asked}: expected one of ${names.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  if (options === undefined && named.length > 1) {
    throw new ConfigError(`${tool}: --dataset: expected one of ${listed(named)}, got none`);
  }
  const target = named[0]!;
  const fault = rowFault(target, recorded);
  if (fault !== undefined) {
    throw new DataError(
      `${tool}: the answers are to rows of another file than ${target.name}'s: ${fault}; evaluate on the file that ${tool} reads`,
    );
  }
  return target;
}
