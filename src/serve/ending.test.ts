import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { Engine } from "../engine/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { call, rawDatum, rawModel, result } from "../testing/tinker-calls.ts";
import { TinkerWorld, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { Refusal } from "./refusal.ts";
import { StateDatabase } from "./state-database.ts";

const world = new TinkerWorld();
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

const noSpace = () =>
  Promise.reject(Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" }));
const input = { data: [rawDatum([1, 2, 3], { weights: [1, 1] })], loss_fn: "cross_entropy" };
const step = { adam_params: { learning_rate: 0.1 } };

test("a server that ends names the models that it could not keep, and why", async () => {
  const full: Engine = { ...wholeFakeEngine(), save: noSpace };
  const endless: Engine = { ...wholeFakeEngine(), step: () => new Promise(() => {}) };
  const engines = [wholeFakeEngine(), wholeFakeEngine(), full, endless];
  const server = await world.server({ engine: () => engines.shift()!, restLimitMs: 100 });
  const ids: string[] = [];
  for (const _ of [...engines]) ids.push((await rawModel(server.url)).model);
  const [, gradient, unsaved, busy] = ids;
  const backward = { model_id: gradient, seq_id: 1, forward_backward_input: input };
  await result(server.url, await call(server.url, "forward_backward", backward));
  await call(server.url, "optim_step", { model_id: busy, seq_id: 1, ...step });
  expect(await server.close()).toEqual([
    { id: gradient, reason: "its gradient waits for an optim_step, and only whole steps are kept" },
    { id: unsaved, reason: expect.stringMatching(/: cannot be saved: no space left on the disk$/) },
    { id: busy, reason: "its requests did not end in time" },
  ]);
});

test("a model whose record cannot be written is not kept", async () => {
  const server = await world.server();
  const { model: id } = await rawModel(server.url);
  const written = Reflect.get(StateDatabase.prototype, "run") as StateDatabase["run"];
  const run = vi.spyOn(StateDatabase.prototype, "run");
  run.mockImplementation(function (this: StateDatabase, sql, ...values) {
    if (sql.startsWith("UPDATE models")) throw new Refusal("storage", "no space left on the server's disk");
    written.call(this, sql, ...values);
  });
  expect(await server.close()).toEqual([{ id, reason: "no space left on the server's disk" }]);
});

test("a server that cannot listen warns of the models that it could not keep", async () => {
  const state = temporaryDirectory();
  const first = await world.server({ state });
  const { model } = await rawModel(first.url);
  await first.close();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const engine = () => ({ ...wholeFakeEngine(), save: noSpace });
  await expect(world.server({ state, port, engine })).rejects.toThrow(String(port));
  other.close();
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(`^model ${model} is lost: .* no space left on the disk$`),
  );
});
