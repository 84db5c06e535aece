/**
 * @module
 * A file of rollouts of any size, page by page: never more than one page of it is in memory, which holds whole groups.
 */
import type { Config } from "../../config/index.ts";
import type { CompletionSummary, GroupSummary, RolloutDetail, RolloutPage } from "../protocol.ts";
import { advantagesOf, rewardsDiffer } from "./group-advantage.ts";
import { parseObject } from "./json-fields.ts";
import { type FoundLine, readLines } from "./line-reader.ts";
import { type RolloutRecord, rolloutRecord, summaryOf } from "./rollout-record.ts";

/** Completions, and bytes, after which a page ends with its group. */
const PAGE_COMPLETIONS = 256;
const PAGE_BYTES = 16 << 20;
const MAX_LINE_BYTES = 8 << 20;
/** Completions of a group that are held; of all others only the rewards, which its advantages need. */
const MOST_OF_GROUP = 4096;

/** A group of a file. */
interface FileGroup<T> {
  readonly first: RolloutRecord;
  readonly held: readonly T[];
  /** Of all its completions. */
  readonly rewards: readonly (number | null)[];
}

/** A part of the file, group by group. */
interface Stretch<T> {
  readonly groups: readonly FileGroup<T>[];
  readonly unreadable: number;
  readonly next: number | null;
  readonly size: number;
}

function isSameGroup(one: RolloutRecord, other: RolloutRecord): boolean {
  return one.problem === other.problem && one.index === other.index;
}

/**
 * Reads whole groups, until there are as many as were asked for, or the page is full. Only a line that is longer than a page ends
 * one early.
 *
 * @param hold what is held of a completion
 */
async function readStretch<T>(
  path: string,
  from: number,
  hold: (record: RolloutRecord) => T,
  mostGroups = Number.POSITIVE_INFINITY,
): Promise<Stretch<T>> {
  const groups: { first: RolloutRecord; held: T[]; rewards: (number | null)[] }[] = [];
  let [count, lines, unreadable] = [0, 0, 0];
  let isFull = false;
  let before: number | undefined;
  const onLine = ({ at, text }: FoundLine): boolean => {
    lines += 1;
    if (text === "") return true;
    const line = text === undefined ? undefined : parseObject(text);
    const record = line === undefined ? undefined : rolloutRecord(at, line);
    if (record === undefined) {
      unreadable += 1;
      return true;
    }
    const last = groups.at(-1);
    const isNew = last === undefined || !isSameGroup(last.first, record);
    if (isNew && (isFull || count >= PAGE_COMPLETIONS || groups.length >= mostGroups)) {
      before = at;
      return false;
    }
    const group = isNew ? { first: record, held: [], rewards: [] } : last;
    if (isNew) groups.push(group);
    if (group.held.length < MOST_OF_GROUP) group.held.push(hold(record));
    group.rewards.push(record.reward);
    count += 1;
    return true;
  };
  for (let next = from; ; isFull = true) {
    lines = 0;
    const end = await readLines(path, next, { maxBytes: PAGE_BYTES, maxLineBytes: MAX_LINE_BYTES }, onLine);
    const isEnd = before === undefined && end.isEnd;
    next = before ?? end.next;
    const isInGroup = before === undefined && groups.length > 0 && lines > 0;
    if (isEnd || !isInGroup) return { groups, unreadable, next: isEnd ? null : next, size: end.size };
  }
}

/** A page of a file's groups. */
export async function rolloutPage(
  path: string,
  iteration: number,
  from: number,
  config: Pick<Config, "algorithm">,
): Promise<RolloutPage> {
  const { groups, unreadable, next, size } = await readStretch(path, from, listed);
  return {
    iteration,
    groups: groups.map((group) => groupSummary(group, iteration, config)),
    next,
    unreadable,
    size,
  };
}

const listed = (record: RolloutRecord): CompletionSummary => summaryOf(record, null);

function groupSummary(
  { first, held, rewards }: FileGroup<CompletionSummary>,
  iteration: number,
  config: Pick<Config, "algorithm">,
): GroupSummary {
  const advantages = advantagesOf(config, rewards);
  const { problem, index, kind, question, answer, pictures, at } = first;
  return {
    iteration,
    problem,
    index,
    kind,
    question,
    answer,
    pictures,
    hasSpread: rewardsDiffer(rewards),
    at,
    completions: held.map((completion, i) => ({ ...completion, advantage: advantages[i] ?? null })),
    more: rewards.length - held.length,
  };
}

/** The group that begins at a byte offset, as a list shows it; undefined when there is none. */
export async function rolloutGroupSummary(
  path: string,
  iteration: number,
  from: number,
  config: Pick<Config, "algorithm">,
): Promise<GroupSummary | undefined> {
  const { groups } = await readStretch(path, from, listed, 1);
  return groups[0] && groupSummary(groups[0], iteration, config);
}

/**
 * The group that begins at a byte offset, whole except for the completions that `GroupSummary.more` counts.
 *
 * @param from the offset of its first completion
 */
export async function rolloutGroup(
  path: string,
  iteration: number,
  from: number,
  config: Pick<Config, "algorithm">,
): Promise<RolloutDetail[]> {
  const { groups } = await readStretch(path, from, (record) => record, 1);
  const { held = [], rewards = [] } = groups[0] ?? {};
  const advantages = advantagesOf(config, rewards);
  return held.map((record, i) => ({ ...record, iteration, advantage: advantages[i] ?? null }));
}
