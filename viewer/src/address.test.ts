// In a process of its own: the state of the page is in the address and in modules.
import { expect, test, vi } from "vitest";

vi.stubGlobal("location", { hash: "" });
vi.stubGlobal("addEventListener", () => undefined);
const { formatAddress, parseAddress } = await import("./address.ts");

test("names of runs may have any characters", () => {
  const runs = ["a|b", "x::y%2Fz #1?&", "c"];
  const hash = formatAddress({ view: ["runs"], runs, find: [""] });
  expect(parseAddress(hash)).toEqual({ view: ["runs"], runs });
  expect(hash).not.toContain("find");
});
