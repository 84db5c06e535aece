/**
 * @module
 * The index of recorded rollouts: for each iteration the numbers by which completions are listed, sorted and filtered, and
 * the byte offsets of their lines. A reader lists all completions of a run without opening their files.
 */

/** The file in the run directory: one line an iteration. */
export const ROLLOUT_INDEX = "rollout-index.jsonl";

type Column = readonly (number | null)[];

/** Columns over the completions of one iteration, in the order of their lines; null where a number is unknown. */
interface RolloutIndexEntry {
  readonly iteration: number;
  /** Size of the file of rollouts that it is of. */
  readonly bytes: number;
  /** Byte offsets of the lines, and of the first line of the group of each. */
  readonly at: readonly number[];
  readonly group: readonly number[];
  /** Score of the verdict. */
  readonly verdict: Column;
  /** 1 where the completion ended at the token limit. */
  readonly truncated: readonly number[];
  readonly reward: Column;
  readonly rewardParts: Readonly<Record<string, Column>>;
  readonly tokens: readonly number[];
  /** Means over tokens, and the largest weight. */
  readonly logprob: Column;
  readonly entropy: Column;
  readonly weightMax: Column;
  readonly alignment: Column;
}

/** The fields that the index takes from a line of rollouts. */
interface IndexedLine {
  readonly problem?: string;
  readonly index?: number;
  readonly reward?: number | null;
  readonly rewardParts?: Readonly<Record<string, number | null>>;
  readonly verdict?: number | null;
  readonly stopReason?: string;
  readonly tokens?: readonly number[];
  readonly logprobs?: readonly number[];
  readonly entropy?: readonly number[];
  readonly weights?: readonly number[];
  readonly alignment?: readonly number[];
}

/** Six significant digits, as in the lines; null for a value that is not a number. */
function short(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

function meanOf(values: readonly number[] | undefined): number | null {
  if (values === undefined || values.length === 0) return null;
  return short(values.reduce((sum, value) => sum + value, 0) / values.length);
}

/**
 * The index entry of an iteration.
 *
 * @param lines the objects of the lines, in order
 * @param texts the lines as they are written, each with its newline
 */
export function rolloutIndexEntry(
  iteration: number,
  lines: readonly object[],
  texts: readonly string[],
): RolloutIndexEntry {
  const rows = lines as readonly IndexedLine[];
  const at: number[] = [];
  let bytes = 0;
  for (const text of texts) {
    at.push(bytes);
    bytes += Buffer.byteLength(text);
  }
  const group: number[] = [];
  rows.forEach(({ problem, index }, i) => {
    const before = rows[i - 1];
    const isSame = before !== undefined && before.problem === problem && before.index === index;
    group.push(isSame ? (group[i - 1] ?? 0) : (at[i] ?? 0));
  });
  const parts = [...new Set(rows.flatMap(({ rewardParts }) => Object.keys(rewardParts ?? {})))];
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);
  return {
    iteration,
    bytes,
    at,
    group,
    verdict: rows.map(({ verdict }) => short(verdict)),
    truncated: rows.map(({ stopReason }) => Number(stopReason === "length")),
    reward: rows.map(({ reward }) => short(reward)),
    rewardParts: Object.fromEntries(
      parts.map((name) => [name, rows.map(({ rewardParts }) => short(rewardParts?.[name]))]),
    ),
    tokens: rows.map(({ tokens }) => tokens?.length ?? 0),
    logprob: rows.map(({ logprobs }) => meanOf(logprobs)),
    entropy: rows.map(({ entropy }) => meanOf(entropy)),
    weightMax: rows.map(({ weights }) => (weights === undefined ? null : short(largest(weights)))),
    alignment: rows.map(({ alignment }) => meanOf(alignment)),
  };
}
