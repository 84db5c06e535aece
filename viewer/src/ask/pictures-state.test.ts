// In a process of its own: the state of the page is in the address and in modules.
import { beforeAll, expect, test, vi } from "vitest";
import type { RunSummary } from "../../../src/view/protocol.ts";

/** Requests of pictures that are not answered yet, by their addresses. */
const waiting = new Map<string, (response: unknown) => void>();
const page = { hash: "#run=one", href: "http://here/" };

vi.stubGlobal("location", page);
vi.stubGlobal("addEventListener", () => undefined);
const toHash = (_state: unknown, _title: string, hash: string) => {
  page.hash = hash;
};
vi.stubGlobal("history", { pushState: toHash, replaceState: toHash });
const ok = (body: unknown) => ({ ok: true, json: async () => body, blob: async () => new Blob() });
const problem = (index: number) => ({ index, question: `question ${index}`, pictures: 1 });
vi.stubGlobal("fetch", async (path: string) => {
  if (path.endsWith("/iterations")) return ok([3]);
  if (path.includes("/rollouts/3")) return ok({ groups: [problem(0), problem(1)] });
  return new Promise((resolve) => waiting.set(path, resolve));
});
vi.mock("./picture.ts", () => ({ decodePicture: async () => ({ width: 1, height: 1 }) }));
const state = await import("./pictures-state.ts");
const { runs } = await import("../runs-state.ts");
const { imageAddress } = await import("../api.ts");

const run = { id: "one", version: "1", reached: 3, problem: null } as unknown as RunSummary;
const address = (index: number) => imageAddress(run, index, 0, 1);
const choose = (index: number) => state.useProblem(state.problems.value[index]!);
const come = (index: number) => waiting.get(address(index))?.(ok(undefined));
const shown = () => state.pictures.value.map((picture) => picture.address);

beforeAll(async () => {
  runs.value = [run];
  state.watchPictures();
  await vi.waitFor(() => expect(state.problems.value).toHaveLength(2));
});

test("going back to the shown picture while another loads stays with it, and nothing is asked meanwhile", async () => {
  expect(state.arePicturesComing.value).toBe(false);
  choose(0);
  expect(state.arePicturesComing.value).toBe(true);
  come(0);
  await vi.waitFor(() => expect(shown()).toEqual([address(0)]));
  expect(state.arePicturesComing.value).toBe(false);
  waiting.clear();
  choose(1);
  expect(state.arePicturesComing.value).toBe(true);
  choose(0);
  come(1);
  await vi.waitFor(() => expect(waiting.has(address(0))).toBe(true));
  expect(state.arePicturesComing.value).toBe(true);
  come(0);
  await vi.waitFor(() => expect(state.arePicturesComing.value).toBe(false));
  expect(shown()).toEqual([address(0)]);
  expect(state.question.value).toBe("question 0");
});
