import { afterEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "../engine/index.ts";
import { call, result } from "../testing/tinker-calls.ts";
import { TinkerWorld, wholeFakeEngine } from "../testing/tinker-fixtures.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

/** A server with one session, and its calls; numbers are counted for each model. */
async function opened(engine: () => Engine = wholeFakeEngine) {
  const { url } = await world.server({ engine });
  const session = String((await call(url, "create_session", {})).json["session_id"]);
  let models = 0;
  const create = async (lora_config?: object) => {
    const body = { session_id: session, model_seq_id: models++, base_model: "digits", lora_config };
    return result(url, await call(url, "create_model", body));
  };
  const model = async (lora_config?: object) => {
    const { model_id } = await create(lora_config);
    let seq_id = 1;
    return async (name: string, fields: object = {}) =>
      result(url, await call(url, name, { model_id, seq_id: seq_id++, ...fields }));
  };
  const info = async (tinker_path: unknown) => call(url, "weights_info", { tinker_path });
  const make = async (path: string, optimizer: boolean) => {
    const body = { session_id: session, model_seq_id: models++, path, optimizer };
    return result(url, await call(url, "load_weights", body));
  };
  return { url, create, model, info, make };
}

const attention = { rank: 4, train_mlp: false };

describe("the description of a checkpoint's weights", () => {
  test("says which parts have adapters, so that a client makes the same model again", async () => {
    const { model, info } = await opened();
    const { path } = await (await model(attention))("save_weights", { path: "a" });
    expect((await info(path)).json).toEqual({
      base_model: "digits",
      is_lora: true,
      lora_rank: 4,
      train_attn: true,
      train_mlp: false,
      train_unembed: false,
    });
    const { path: whole } = await (await model())("save_weights", { path: "a" });
    expect((await info(whole)).json).toEqual({ base_model: "digits", is_lora: false, lora_rank: null });
  });

  test.each([[undefined], [{}], [7]])("is of a path that is one: %o", async (path) => {
    const { info } = await opened();
    expect(await info(path)).toMatchObject({
      status: 400,
      json: { code: "bad-request", error: expect.stringMatching(/^weights_info: tinker_path: /) },
    });
  });

  test("is not of no body at all", async () => {
    const { url } = await opened();
    expect(await call(url, "weights_info", "null")).toMatchObject({ status: 400 });
  });
});

describe("a checkpoint to load", () => {
  test("has the model's own adapters, else nothing is loaded, and the error names no directory", async () => {
    const load = vi.fn();
    const { model } = await opened(() => ({ ...wholeFakeEngine(), load }));
    const { path } = await (await model(attention))("save_weights", { path: "a" });
    const answer = await (await model({ rank: 4 }))("load_weights", { path, optimizer: false });
    expect(answer).toMatchObject({
      code: "bad-request",
      category: "user",
      error: expect.stringMatching(
        /^path: expected a checkpoint of adapters of rank 4 on q_proj, .*down_proj, got one of adapters of rank 4 on q_proj, k_proj, v_proj, o_proj$/,
      ),
    });
    expect(load).not.toHaveBeenCalled();
  });

  test("has an optimiser where it is to be loaded", async () => {
    const { model, make } = await opened();
    const send = await model();
    const { path } = await send("save_weights_for_sampler", { path: "s" });
    const refused = {
      code: "bad-request",
      error: expect.stringContaining(
        "path: expected a training checkpoint where the optimiser is loaded, got a sampler's",
      ),
    };
    expect(await send("load_weights", { path, optimizer: true })).toMatchObject(refused);
    expect(await make(String(path), true)).toMatchObject(refused);
    expect(await send("load_weights", { path, optimizer: false })).toMatchObject({ path });
    expect(await make(String(path), false)).toMatchObject({ path });
  });
});

test("weights that move under their sampling session are refused", async () => {
  const send = await (await opened()).model();
  expect(await send("save_weights_for_sampler", { kind: "inflight" })).toMatchObject({
    code: "unsupported",
    error: expect.stringContaining("kind: expected snapshot"),
  });
  expect(await send("save_weights_for_sampler", { kind: "snapshot" })).toMatchObject({
    sampling_session_id: expect.any(String),
  });
});

test("adapters on nothing are refused by the names that the client used", async () => {
  const { create } = await opened();
  const lora = { rank: 2, train_attn: false, train_mlp: false, train_unembed: true };
  expect(await create(lora)).toMatchObject({
    code: "unsupported",
    error: expect.stringContaining("lora_config: expected train_attn or train_mlp, got neither"),
  });
});
