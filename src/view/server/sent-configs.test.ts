import { expect, test } from "vitest";
import type { RunSummary } from "../protocol.ts";
import { SentConfigs } from "./sent-configs.ts";

const run = (id: string, version: string) =>
  ({ id, version, config: { "train.seed": version } }) as unknown as RunSummary;
const list = (...items: readonly RunSummary[]) => ({ items, older: 2 });

test("a page that asks again is sent the configurations that are new to it", () => {
  const sent = new SentConfigs();
  const configs = (runs: readonly RunSummary[], seen: string) => {
    const reply = sent.listed(list(...runs), seen);
    return [reply.seen, reply.items.map(({ config }) => config?.["train.seed"])] as const;
  };
  const [first, all] = configs([run("a", "1"), run("b", "1")], "");
  expect(all).toEqual(["1", "1"]);
  const [second, changed] = configs([run("a", "1"), run("b", "2"), run("c", "1")], first);
  expect(changed).toEqual([undefined, "2", "1"]);
  expect(configs([run("a", "1"), run("b", "2"), run("c", "1")], second)[1]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(configs([run("a", "1")], "another server.9")[1]).toEqual(["1"]);
  expect(sent.listed(list(), "").older).toBe(2);
});
