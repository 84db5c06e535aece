import { afterEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "../engine/index.ts";
import { EngineError } from "../errors/index.ts";
import { call, rawDatum, rawModel, result } from "../testing/tinker-calls.ts";
import { TinkerWorld, wholeFakeEngine } from "../testing/tinker-fixtures.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const forward_input = { data: [rawDatum([1, 2, 3], {})], loss_fn: "cross_entropy" };

/** A server of one model, whose first engine fails to score with this error. */
async function opened(error: Error) {
  const broken: Engine = { ...wholeFakeEngine(), score: () => Promise.reject(error) };
  const close = vi.spyOn(broken, "close");
  const engines = [broken];
  const { url } = await world.server({ engine: () => engines.pop() ?? wholeFakeEngine(), maxModels: 1 });
  const { session, model } = await rawModel(url);
  const send = (name: string, seq_id: number, fields: object = {}) =>
    call(url, name, { model_id: model, seq_id, ...fields });
  const create = async (model_seq_id: number) => {
    const body = { session_id: session, model_seq_id, base_model: "digits" };
    return result(url, await call(url, "create_model", body));
  };
  return { url, model, send, create, close };
}

describe("a model whose engine broke", () => {
  const fault = new EngineError("local engine: its thread ended with code 1", { hasEnded: true });

  test("is lost: what is under way in it says so, and so do later requests", async () => {
    const { url, model, send } = await opened(fault);
    const waiting = await send("optim_step", 2, { adam_params: {} });
    const running = await send("forward", 1, { forward_input });
    const said = {
      code: "unknown-model",
      category: "server",
      error: `the model ${model} is lost, since its engine broke: ${fault.message}`,
    };
    expect(await result(url, running)).toEqual({ ...said, call: "forward" });
    expect(await result(url, waiting)).toEqual({ ...said, call: "optim_step" });
    expect(await send("forward", 3, { forward_input })).toMatchObject({
      status: 404,
      json: {
        code: "unknown-model",
        error: `no model ${model}: it was unloaded, or lost when its engine broke or the server ended`,
      },
    });
  });

  test("leaves its place to another model, and is closed", async () => {
    const { url, send, create, close } = await opened(fault);
    expect(await create(1)).toMatchObject({ code: "too-many-models" });
    await result(url, await send("forward", 1, { forward_input }));
    expect(close).toHaveBeenCalledTimes(1);
    expect(await create(2)).toMatchObject({ type: "create_model" });
  });
});

test("a model whose engine refused a request continues", async () => {
  const { url, send, close } = await opened(new EngineError("no value head"));
  expect(await result(url, await send("forward", 1, { forward_input }))).toMatchObject({ code: "engine" });
  const step = await send("optim_step", 2, { adam_params: {} });
  expect(await result(url, step)).toMatchObject({ type: "optim_step" });
  expect(close).not.toHaveBeenCalled();
});

test("a model whose engine failed once and has not ended continues", async () => {
  const { url, send } = await opened(new EngineError("local engine: out of memory", { isFault: true }));
  const failed = await result(url, await send("forward", 1, { forward_input }));
  expect(failed).toMatchObject({ code: "engine", category: "server" });
  expect(await result(url, await send("optim_step", 2, { adam_params: {} }))).not.toHaveProperty("error");
});
