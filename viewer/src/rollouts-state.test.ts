// In a process of its own: the state of the page is in the address and in modules.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CompletionSummary, GroupSummary, RunSummary } from "../../src/view/protocol.ts";

/** The server: what it says at an address, and what it is still asked. */
const answers = new Map<string, unknown>();
const asked: string[] = [];
const page = { hash: "#run=one" };

vi.stubGlobal("location", page);
vi.stubGlobal("addEventListener", () => undefined);
const toHash = (_state: unknown, _title: string, hash: string) => {
  page.hash = hash;
};
vi.stubGlobal("history", { pushState: toHash, replaceState: toHash });
vi.stubGlobal("fetch", async (path: string, { signal }: { signal?: AbortSignal } = {}) => {
  asked.push(path);
  const known = [...answers].find(([part]) => path.includes(part))?.[1];
  if (known !== undefined) return known;
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
});
const state = await import("./rollouts-state.ts");
const { runs, withConfigs } = await import("./runs-state.ts");
const { go } = await import("./address.ts");

const ok = (body: unknown) => ({ ok: true, json: async () => body });
const failed = (status: number, error: string) => ({ ok: false, status, json: async () => ({ error }) });
const group = {
  iteration: 3,
  at: 0,
  index: 0,
  problem: "p",
  hasSpread: true,
  more: 0,
  completions: [{ at: 0, rewardParts: {} } as unknown as CompletionSummary],
} as unknown as GroupSummary;

let stop: () => void;
beforeEach(() => {
  answers.clear();
  answers.set("/iterations", ok([3]));
  answers.set("/rollouts/3?", ok({ iteration: 3, groups: [group], next: null, unreadable: 0, size: 1 }));
  runs.value = [{ id: "one", version: "1", reached: 3, problem: null } as unknown as RunSummary];
  go({ run: "one", iteration: undefined, at: undefined });
  stop = state.watchRollouts();
});
afterEach(() => stop());

test("a list of all iterations says that it is cut, and how many lines cannot be read", async () => {
  await vi.waitFor(() => expect(state.page.value?.isCut).toBe(false));
  answers.set("/ranking", ok({ groups: [group], next: null, total: 1, isCut: true, unreadable: 7 }));
  state.switchAcross();
  await vi.waitFor(() => expect(state.page.value).toMatchObject({ isCut: true, unreadable: 7 }));
  expect(state.isRanking.value).toBe(false);
});

test("leaving that list while it is read ends the reading", async () => {
  await vi.waitFor(() => expect(state.page.value).toBeDefined());
  state.switchAcross();
  expect(state.isRanking.value).toBe(true);
  state.switchAcross();
  expect(state.isRanking.value).toBe(false);
  await vi.waitFor(() => expect(state.page.value?.iteration).toBe(3));
  expect(state.isRanking.value).toBe(false);
});

test("another order of that list, asked for while it is read, leaves it reading", async () => {
  await vi.waitFor(() => expect(state.page.value).toBeDefined());
  state.switchAcross();
  go({ sort: "tokens" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(state.isRanking.value).toBe(true);
  expect(asked.at(-1)).toContain("sort=tokens");
  go({ sort: undefined });
});

test("a group that cannot be read says why, until it can", async () => {
  const another = (version: string) => {
    runs.value = runs.value.map((run) => ({ ...run, version }));
  };
  answers.set("/rollouts/3/0", failed(500, "rollouts/000003.jsonl is not there"));
  another("2");
  await vi.waitFor(() => expect(state.groupTrouble.value).toBe("rollouts/000003.jsonl is not there"));
  expect(state.detail.value).toBeUndefined();
  answers.set("/rollouts/3/0", ok([{ at: 0, iteration: 3 }]));
  another("3");
  await vi.waitFor(() => expect(state.detail.value).toMatchObject({ at: 0, iteration: 3 }));
  expect(state.groupTrouble.value).toBe("");
});

test("a filter or an order of one iteration is over all of its completions, not over the page", async () => {
  await vi.waitFor(() => expect(state.page.value).toBeDefined());
  const ranking = { groups: [group], next: 64, total: 70, isCut: false, unreadable: 0 };
  answers.set("/ranking?", ok(ranking));
  go({ outcome: "right", sort: "-tokens" });
  await vi.waitFor(() => expect(state.page.value).toMatchObject({ iteration: 3, next: 64 }));
  expect(asked.at(-1)).toContain("ranking?sort=-tokens&outcome=right&spread=&from=0&iteration=3");
  expect(state.listed.value).toHaveLength(1);
  expect(state.hasFilters.value).toBe(true);
  go({ outcome: undefined, sort: undefined });
  await vi.waitFor(() => expect(state.page.value?.next).toBeNull());
  expect(state.hasFilters.value).toBe(false);
});

test("runs of a list keep the configurations that came before, unless another run is at the place", () => {
  const run = (version: string, config: Record<string, string> | null) =>
    ({ id: "a", version, config }) as unknown as RunSummary;
  const known = [run("1", { seed: "0" })];
  expect(withConfigs([run("1", null)], known)).toEqual(known);
  expect(withConfigs([run("2", { seed: "7" })], known)).toEqual([run("2", { seed: "7" })]);
  expect(withConfigs([run("2", null)], known)).toBeUndefined();
});
