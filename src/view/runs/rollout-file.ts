/**
 * @module
 * A file of rollouts of any size, page by page: never more than one page of it is in memory.
 */
import type { Config } from "../../config/index.ts";
import type { GroupSummary, RolloutDetail, RolloutPage } from "../protocol.ts";
import { advantagesOf, rewardsDiffer } from "./group-advantage.ts";
import { parseObject } from "./json-fields.ts";
import { readLines } from "./line-reader.ts";
import { type RolloutRecord, rolloutRecord, summaryOf } from "./rollout-record.ts";

/** Completions after which a page ends with its group. */
const PAGE_COMPLETIONS = 256;
/** Completions after which a page ends wherever it is. */
const MOST_COMPLETIONS = 2 * PAGE_COMPLETIONS;
const PAGE_BYTES = 16 << 20;
const MAX_LINE_BYTES = 8 << 20;

/** Records of a part of the file, group by group. */
interface Stretch {
  readonly groups: readonly (readonly RolloutRecord[])[];
  readonly unreadable: number;
  readonly next: number | null;
  readonly size: number;
}

function isSameGroup(one: RolloutRecord, other: RolloutRecord): boolean {
  return one.problem === other.problem && one.index === other.index;
}

/** Reads groups until `isEnough` holds for the complete groups, or the page is full. */
async function readStretch(
  path: string,
  from: number,
  isEnough: (complete: readonly (readonly RolloutRecord[])[]) => boolean = () => false,
): Promise<Stretch> {
  const groups: RolloutRecord[][] = [];
  let count = 0;
  let unreadable = 0;
  let before: number | undefined;
  const end = await readLines(
    path,
    from,
    { maxBytes: PAGE_BYTES, maxLineBytes: MAX_LINE_BYTES },
    ({ at, text }) => {
      if (text === "") return true;
      const line = text === undefined ? undefined : parseObject(text);
      const record = line === undefined ? undefined : rolloutRecord(at, line);
      if (record === undefined) {
        unreadable += 1;
        return true;
      }
      const last = groups.at(-1);
      const isNew = last?.[0] === undefined || !isSameGroup(last[0], record);
      if (isNew && (count >= PAGE_COMPLETIONS || isEnough(groups))) {
        before = at;
        return false;
      }
      if (isNew) groups.push([record]);
      else last.push(record);
      count += 1;
      return count < MOST_COMPLETIONS;
    },
  );
  const next = before ?? end.next;
  return { groups, unreadable, next: before === undefined && end.isEnd ? null : next, size: end.size };
}

/** A page of a file's groups. */
export async function rolloutPage(
  path: string,
  iteration: number,
  from: number,
  config: Pick<Config, "algorithm">,
): Promise<RolloutPage> {
  const { groups, unreadable, next, size } = await readStretch(path, from);
  return {
    iteration,
    groups: groups.map((group) => groupSummary(group, iteration, config)),
    next,
    unreadable,
    size,
  };
}

function groupSummary(
  group: readonly RolloutRecord[],
  iteration: number,
  config: Pick<Config, "algorithm">,
): GroupSummary {
  const rewards = group.map(({ reward }) => reward);
  const advantages = advantagesOf(config, rewards);
  const { problem = "", index = -1, kind = "", question = "", answer = "", pictures = null } = group[0] ?? {};
  return {
    iteration,
    problem,
    index,
    kind,
    question,
    answer,
    pictures,
    hasSpread: rewardsDiffer(rewards),
    at: group[0]?.at ?? 0,
    completions: group.map((record, i) => summaryOf(record, advantages[i] ?? null)),
  };
}

/** The group that begins at a byte offset, as a list shows it; undefined when there is none. */
export async function rolloutGroupSummary(
  path: string,
  iteration: number,
  from: number,
  config: Pick<Config, "algorithm">,
): Promise<GroupSummary | undefined> {
  const { groups } = await readStretch(path, from, (complete) => complete.length > 0);
  return groups[0] && groupSummary(groups[0], iteration, config);
}

/**
 * The group that begins at a byte offset, whole.
 *
 * @param from the offset of its first completion
 */
export async function rolloutGroup(
  path: string,
  iteration: number,
  from: number,
  config: Pick<Config, "algorithm">,
): Promise<RolloutDetail[]> {
  const { groups } = await readStretch(path, from, (complete) => complete.length > 0);
  const group = groups[0] ?? [];
  const advantages = advantagesOf(
    config,
    group.map(({ reward }) => reward),
  );
  return group.map((record, i) => ({ ...record, iteration, advantage: advantages[i] ?? null }));
}
