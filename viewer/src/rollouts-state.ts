/**
 * @module
 * State of the rollouts page: an iteration of a run, its groups after filters, and the open completion.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type {
  CompletionSummary,
  GroupSummary,
  RolloutDetail,
  RolloutPage,
  RolloutRanking,
} from "../../src/view/protocol.ts";
import { go, param } from "./address.ts";
import { askRun } from "./api.ts";
import { openRun } from "./runs-state.ts";

/** Which completions are listed. */
export const OUTCOMES = ["all", "right", "wrong", "truncated"] as const;
/** Which groups are listed. */
export const SPREADS = ["any", "spread", "no spread"] as const;
/** Sort keys of the list; "" is the file's own order, group by group. */
const SORTS = ["", "advantage", "reward", "tokens", "entropy", "logprob", "weightMax", "alignment"] as const;
/** Prefix of a reward part's name in the address. */
export const PART = "part.";

/** A completion in the list with its group. */
export interface Listed {
  readonly group: GroupSummary;
  readonly completion: CompletionSummary;
}

const iterationKey = param("iteration");
const fromKey = param("from");
const outcome = param("outcome");
const spread = param("spread");
const sort = param("sort");
const atKey = param("at");

const loadedIterations = signal<{ readonly run: string; readonly all: readonly number[] } | undefined>(
  undefined,
);
/** Iterations of this run that have rollouts, never another run's. */
export const iterations: ReadonlySignal<readonly number[]> = computed(() =>
  loadedIterations.value?.run === openRun.value?.id ? (loadedIterations.value?.all ?? []) : [],
);
/** A page of one iteration, or of all. */
interface ShownPage extends RolloutPage {
  /** Whether a list of all iterations lacks some, being too long. */
  readonly isCut: boolean;
}

const loadedPage = signal<{ readonly run: string; readonly page: ShownPage } | undefined>(undefined);
/** In the address instead of a number: every iteration, in the server's order. */
const ALL = "all";
/** The loaded rollouts of the iteration, or of all iterations; never another run's. */
export const page: ReadonlySignal<ShownPage | undefined> = computed(() =>
  loadedPage.value?.run === openRun.value?.id ? loadedPage.value?.page : undefined,
);
/** While the server chooses and sorts, which takes seconds over all iterations the first time. */
export const isRanking = signal(false);
/** Why there is no page. */
export const pageTrouble = signal("");
/** The open completion's whole group. */
const openGroup = signal<{ readonly run: string; readonly details: readonly RolloutDetail[] } | undefined>(
  undefined,
);

/** Why the open completion is not shown. */
export const groupTrouble = signal("");

/** The iteration on the screen: the one in the address, else the newest. */
export const iteration: ReadonlySignal<number | undefined> = computed(() => {
  const asked = Number.parseInt(iterationKey.value, 10);
  return Number.isNaN(asked) ? iterations.value.at(-1) : asked;
});

/** Whether completions of every iteration are listed. */
export const isAcross: ReadonlySignal<boolean> = computed(() => iterationKey.value === ALL);

/** Whether the server chooses and orders the completions; the whole of an iteration in its file's order needs no choice. */
const isRanked: ReadonlySignal<boolean> = computed(
  () => isAcross.value || hasFilters.value || sort.value !== "",
);

/** Whether some completions are left out on purpose. */
export const hasFilters: ReadonlySignal<boolean> = computed(
  () => outcome.value !== "" || spread.value !== "",
);

function inGroup(group: GroupSummary): Listed[] {
  return group.completions.map((completion) => ({ group, completion }));
}

/** Groups and completions of the page, in order. */
export const listed: ReadonlySignal<readonly Listed[]> = computed(() =>
  (page.value?.groups ?? []).flatMap(inGroup),
);

/** Every number by which the list can be sorted: numbers of all completions, and the parts of their rewards. */
export const sorts: ReadonlySignal<readonly string[]> = computed(() => {
  const completions = (page.value?.groups ?? []).flatMap((group) => group.completions);
  const parts = new Set(completions.flatMap(({ rewardParts }) => Object.keys(rewardParts)));
  return [...SORTS, ...[...parts].map((part) => PART + part)];
});

/** The open completion: the one in the address, else the first that is listed. */
export const opened: ReadonlySignal<Listed | undefined> = computed(() => {
  const found = listed.value.find(
    ({ group: { iteration }, completion: { at } }) => String(placeOf({ iteration, at }).at) === atKey.value,
  );
  return found ?? listed.value[0];
});

/** The open completion with all its tokens. */
export const detail: ReadonlySignal<RolloutDetail | undefined> = computed(() => {
  const group = openGroup.value;
  if (group === undefined || group.run !== openRun.value?.id) return undefined;
  const [at, of] = [opened.value?.completion.at, opened.value?.group.iteration];
  return group.details.find((one) => one.at === at && one.iteration === of);
});

/** A completion's place in the address: in a list across iterations with the iteration. */
export function placeOf({ iteration: of, at }: { readonly iteration: number; readonly at: number }): {
  readonly iteration: string | number;
  readonly at: string | number;
} {
  return isAcross.value ? { iteration: ALL, at: `${of}.${at}` } : { iteration: of, at };
}

export function openCompletion({ group: { iteration: of }, completion: { at } }: Listed): void {
  go({ ...placeOf({ iteration: of, at }), token: undefined });
}

/** Lists one iteration, or all. */
export function switchAcross(): void {
  go({ iteration: isAcross.value ? undefined : ALL, from: undefined, at: undefined, token: undefined }, true);
}

/** Opens the completion so many places further down the list. */
export function stepCompletion(by: number): void {
  const place = listed.value.findIndex(({ completion }) => completion === opened.value?.completion);
  const next = listed.value[Math.min(listed.value.length - 1, Math.max(0, place + by))];
  if (next !== undefined) openCompletion(next);
}

export function showIteration(wanted: number | undefined): void {
  go({ iteration: wanted, from: undefined, at: undefined, token: undefined });
}

/** Goes so many files of rollouts further. */
export function stepIteration(by: number): void {
  const all = iterations.value;
  const now = iteration.value;
  if (now === undefined || all.length === 0) return;
  const place = all.findLastIndex((one) => one <= now);
  showIteration(all[Math.min(all.length - 1, Math.max(0, place + by))]);
}

/** A page of completions that the server chose and ordered, of one iteration or of all. */
async function askRanking(
  run: string,
  of: number | undefined,
  from: number,
  abort: AbortSignal,
): Promise<ShownPage> {
  const query = new URLSearchParams({
    sort: sort.value,
    outcome: outcome.value,
    spread: spread.value,
    from: String(from),
    ...(of !== undefined && { iteration: String(of) }),
  });
  isRanking.value = true;
  try {
    const ranking = await askRun<RolloutRanking>(run, `ranking?${query}`, abort);
    const { groups, next, unreadable, isCut } = ranking;
    return { iteration: of ?? 0, groups, next, unreadable, isCut, size: 0 };
  } finally {
    if (!abort.aborted) isRanking.value = false;
  }
}

/** A page of completions of one iteration. */
async function askIteration(
  run: string,
  number: number,
  from: number,
  abort: AbortSignal,
): Promise<ShownPage> {
  return { ...(await askRun<RolloutPage>(run, `rollouts/${number}?from=${from}`, abort)), isCut: false };
}

/** Keeps all of this loaded while the page is shown; returns how to stop. */
export function watchRollouts(): () => void {
  const runId = computed(() => openRun.value?.id);
  const version = computed(() => openRun.value?.version);
  const reached = computed(() => openRun.value?.reached);
  const openGroupAt = computed(() => opened.value?.group.at);
  const openIteration = computed(() => opened.value?.group.iteration);
  const stops = [
    effect(() => {
      const id = runId.value;
      void reached.value;
      void version.value;
      if (id === undefined) return;
      askRun<number[]>(id, "iterations").then(
        (all) => {
          if (runId.peek() === id) loadedIterations.value = { run: id, all };
        },
        () => {
          if (runId.peek() === id) loadedIterations.value = { run: id, all: [] };
        },
      );
    }),
    effect(() => {
      const [id, number, from] = [runId.value, iteration.value, Number(fromKey.value) || 0];
      void version.value;
      isRanking.value = false;
      if (id === undefined || number === undefined) {
        loadedPage.value = undefined;
        return;
      }
      const abort = new AbortController();
      const asked = isRanked.value
        ? askRanking(id, isAcross.value ? undefined : number, from, abort.signal)
        : askIteration(id, number, from, abort.signal);
      asked.then(
        (found) => {
          pageTrouble.value = "";
          loadedPage.value = { run: id, page: found };
        },
        (error: Error) => {
          if (abort.signal.aborted) return;
          pageTrouble.value = error.message;
          loadedPage.value = undefined;
        },
      );
      return () => abort.abort();
    }),
    effect(() => {
      const [id, group, number] = [runId.value, openGroupAt.value, openIteration.value];
      void version.value;
      groupTrouble.value = "";
      if (id === undefined || group === undefined || number === undefined) return;
      const abort = new AbortController();
      askRun<RolloutDetail[]>(id, `rollouts/${number}/${group}`, abort.signal).then(
        (found) => {
          openGroup.value = { run: id, details: found };
        },
        (error: Error) => {
          if (!abort.signal.aborted) groupTrouble.value = error.message;
        },
      );
      return () => abort.abort();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
