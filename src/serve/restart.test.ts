import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RunError } from "../errors/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { call, rawDatum, rawModel, result } from "../testing/tinker-calls.ts";
import { servedDigits, TinkerWorld, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { freshPath } from "../testing/tiny-run.ts";

/** A model's directories: no file system of Windows has names with colons. */
const folderOf = (model: string) => model.replaceAll(":", "-");
const world = new TinkerWorld();
afterEach(() => world.close());

const input = { data: [rawDatum([1, 2, 3], { weights: [1, 1] })], loss_fn: "cross_entropy" };
const prompt = { chunks: [{ type: "encoded_text", tokens: [1] }] };

/** Numbered requests of one model. */
function numbered(url: string, model: string, first = 1) {
  let seq_id = first;
  return async (name: string, fields: object) =>
    call(url, name, { model_id: model, seq_id: seq_id++, ...fields });
}
const backward = { forward_backward_input: input };
const step = { adam_params: { learning_rate: 0.1 } };

describe("a server that ended in order", () => {
  test("continues with its sessions, models, samplers and results; a step is not done again", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { session, model } = await rawModel(first.url);
    const send = numbered(first.url, model);
    await send("forward_backward", backward);
    const stepped = await send("optim_step", step);
    const before = await result(first.url, stepped);
    const sampler = (await result(first.url, await send("save_weights_for_sampler", {})))[
      "sampling_session_id"
    ];
    const logprobs = await result(first.url, await send("forward", { forward_input: input }));
    await first.close();

    const { url } = await world.server({ state });
    expect((await call(url, "session_heartbeat", { session_id: session })).status).toBe(200);
    // The same request again is the operation that was done before, with its result.
    const again = await call(url, "optim_step", { model_id: model, seq_id: 2, ...step });
    expect(again.json["request_id"]).toBe(stepped.json["request_id"]);
    expect(await result(url, again)).toEqual(before);
    const later = await result(url, await numbered(url, model, 5)("forward", { forward_input: input }));
    expect(later).toEqual(logprobs);
    const asked = {
      sampling_session_id: sampler,
      seq_id: 0,
      prompt,
      sampling_params: { max_tokens: 2, seed: 1 },
    };
    expect(await result(url, await call(url, "asample", asked))).toMatchObject({ type: "sample" });
  });

  test("a sampling session that was begun is not begun again", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { session } = await rawModel(first.url);
    const body = { session_id: session, sampling_session_seq_id: 3, base_model: "digits" };
    const before = await call(first.url, "create_sampling_session", body);
    await first.close();
    const { url } = await world.server({ state });
    expect(await call(url, "create_sampling_session", body)).toEqual(before);
    expect(await call(url, "create_sampling_session", { ...body, base_model: "other" })).toMatchObject({
      status: 400,
      json: { code: "sequence-conflict" },
    });
  });

  test("does not continue with a half-made gradient: the model is lost, and its checkpoints are not", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    const send = numbered(first.url, model);
    const { path } = await result(first.url, await send("save_weights", { path: "kept" }));
    await result(first.url, await send("forward_backward", backward));
    await first.close();
    const { url } = await world.server({ state });
    expect(await numbered(url, model, 3)("optim_step", step)).toMatchObject({
      status: 404,
      json: { code: "unknown-model" },
    });
    expect((await call(url, "weights_info", { tinker_path: path })).json).toMatchObject({
      base_model: "digits",
    });
  });

  test("continues after a request that was refused, since it added nothing to the gradient", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    const send = numbered(first.url, model);
    const refused = { ...input, loss_fn_config: { nope: 1 } };
    const answer = await result(
      first.url,
      await send("forward_backward", { forward_backward_input: refused }),
    );
    expect(answer).toMatchObject({ code: "bad-request" });
    await first.close();
    const { url } = await world.server({ state });
    expect(await result(url, await numbered(url, model, 2)("optim_step", step))).toMatchObject({
      type: "optim_step",
    });
  });
});

describe("a server that starts with another model", () => {
  const others = [servedDigits("other", wholeFakeEngine)];

  test("keeps suspended models, says so, and leaves them to a server that has theirs", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    await result(first.url, await numbered(first.url, model)("optim_step", step));
    const logprobs = await result(
      first.url,
      await numbered(first.url, model, 2)("forward", { forward_input: input }),
    );
    await first.close();

    const second = await world.server({ state, models: others, sessionLimitMs: 20 });
    expect(second.waiting).toMatchObject([{ id: model, baseModel: "digits" }]);
    expect((await numbered(second.url, model, 3)("forward", { forward_input: input })).json).toMatchObject({
      code: "unknown-model",
      error: expect.stringContaining("does not serve its base model digits"),
    });
    // Its session is not silent: its client can do nothing.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await second.close();

    const { url, waiting } = await world.server({ state });
    expect(waiting).toEqual([]);
    const later = await result(url, await numbered(url, model, 3)("forward", { forward_input: input }));
    expect(later).toEqual(logprobs);
  });

  test("forgets them with their session", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { session, model } = await rawModel(first.url);
    await first.close();
    const second = await world.server({ state, models: others });
    expect(readdirSync(join(state, "rested"))).toEqual([folderOf(model)]);
    await call(second.url, `sessions/${session}/finish`, {});
    expect(readdirSync(join(state, "rested"))).toEqual([]);
    await second.close();
    const { url } = await world.server({ state });
    expect((await numbered(url, model)("optim_step", step)).json).toMatchObject({ code: "unknown-model" });
  });
});

describe("a server that cannot listen", () => {
  test("suspends again the models that it resumed", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    await result(first.url, await numbered(first.url, model)("optim_step", step));
    await first.close();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(world.server({ state, port })).rejects.toThrow(RunError);
    other.close();
    const { url } = await world.server({ state });
    const next = await numbered(url, model, 2)("optim_step", step);
    expect(await result(url, next)).toMatchObject({ type: "optim_step" });
  });
});

describe("a server that crashed", () => {
  test("knows the content of its database, and has lost its models", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { session, model } = await rawModel(first.url);
    const saved = await numbered(first.url, model)("save_weights", {});
    const { path } = await result(first.url, saved);
    // The state as it is in the midst of it all.
    const crashed = temporaryDirectory();
    for (const name of ["serve.sqlite", "serve.sqlite-wal"])
      copyFileSync(join(state, name), join(crashed, name));
    cpSync(join(state, "checkpoints"), join(crashed, "checkpoints"), { recursive: true });
    const { url } = await world.server({ state: crashed });
    expect((await call(url, "session_heartbeat", { session_id: session })).status).toBe(200);
    expect((await call(url, "weights_info", { tinker_path: path })).status).toBe(200);
    expect(await result(url, saved)).toEqual({ type: "save_weights", path });
    expect((await numbered(url, model, 2)("optim_step", step)).json).toMatchObject({ code: "unknown-model" });
    await first.close();
    expect(readdirSync(join(state, "rested"))).toEqual([folderOf(model)]);
    await world.server({ state });
    expect(existsSync(join(state, "rested"))).toBe(false);
  });

  test("forgets checkpoints whose directories are gone", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    const send = numbered(first.url, model);
    const gone = await result(first.url, await send("save_weights", { path: "gone" }));
    const kept = await result(first.url, await send("save_weights", { path: "kept" }));
    await first.close();
    rmSync(join(state, "checkpoints", folderOf(model), "weights", "gone"), { recursive: true });
    const { url } = await world.server({ state });
    expect((await call(url, "weights_info", { tinker_path: gone["path"] })).json).toMatchObject({
      code: "unknown-checkpoint",
    });
    expect((await call(url, "weights_info", { tinker_path: kept["path"] })).status).toBe(200);
  });
});

describe("a server that was killed while it saved", () => {
  test("has the checkpoint that was being replaced, and no leftovers", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    const saved = await numbered(first.url, model)("save_weights", { path: "kept" });
    const { path } = await result(first.url, saved);
    await first.close();
    const folder = join(state, "checkpoints", folderOf(model), "weights");
    renameSync(join(folder, "kept"), join(folder, ".replaced-kept"));
    const snapshots = join(state, "snapshots", folderOf(model));
    for (const parent of [folder, snapshots, join(state, "bare")])
      mkdirSync(join(parent, ".unfinished-1-kept"), { recursive: true });
    const { url } = await world.server({ state });
    const load = { path, optimizer: true };
    expect(await result(url, await numbered(url, model, 2)("load_weights", load))).toMatchObject({ path });
    expect(readdirSync(folder)).toEqual(["kept"]);
    expect(readdirSync(snapshots)).toEqual([]);
    expect(existsSync(join(state, "bare"))).toBe(false);
  });

  test("resumes a model whose suspended copy was being replaced", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    await first.close();
    const rested = join(state, "rested");
    renameSync(join(rested, folderOf(model)), join(rested, `.replaced-${folderOf(model)}`));
    const { url } = await world.server({ state });
    expect(await result(url, await numbered(url, model)("optim_step", step))).toMatchObject({
      type: "optim_step",
    });
  });
});

describe("a state directory", () => {
  test("that another server has is an error of the start, and that server continues", async () => {
    const state = temporaryDirectory();
    const { url } = await world.server({ state });
    await expect(world.server({ state })).rejects.toThrow(RunError);
    await expect(world.server({ state })).rejects.toThrow(/serve\.sqlite: another server has it open$/);
    await rawModel(url);
  });

  test("can be moved with its models and checkpoints", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state });
    const { model } = await rawModel(first.url);
    const { path } = await result(first.url, await numbered(first.url, model)("save_weights", {}));
    await first.close();
    const moved = freshPath();
    renameSync(state, moved);
    const { url } = await world.server({ state: moved });
    const loaded = await numbered(url, model, 2)("load_weights", { path, optimizer: true });
    expect(await result(url, loaded)).toMatchObject({ path });
  });
});

describe("results", () => {
  test("beyond the limit are forgotten, the oldest first, and a restart continues from the rest", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state, resultLimit: 3000 });
    const { model } = await rawModel(first.url);
    const send = numbered(first.url, model);
    const saves: Awaited<ReturnType<typeof send>>[] = [];
    const save = async () => {
      saves.push(await send("save_weights", { path: "same", overwrite: true }));
      await result(first.url, saves.at(-1)!);
    };
    for (let i = 0; i < 40; i++) await save();
    expect(await result(first.url, saves[0]!)).toMatchObject({ code: "unknown-future" });
    expect(await result(first.url, saves[30]!)).toMatchObject({ type: "save_weights" });
    const stepped = await send("optim_step", step);
    await result(first.url, stepped);
    await first.close();
    const second = await world.server({ state, resultLimit: 3000 });
    const again = await call(second.url, "optim_step", { model_id: model, seq_id: 41, ...step });
    expect(again.json["request_id"]).toBe(stepped.json["request_id"]);
    const { status } = await call(second.url, "weights_info", {
      tinker_path: `tinker://${model}/weights/same`,
    });
    expect(status).toBe(200);
  });

  test("of a session that ended are there until the next start", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state, sessionLimitMs: 300 });
    const { model } = await rawModel(first.url);
    const stepped = await numbered(first.url, model)("optim_step", step);
    await result(first.url, stepped);
    await vi.waitFor(async () => {
      const runs = await (await fetch(`${first.url}/api/v1/training_runs`)).json();
      expect(runs).toMatchObject({ training_runs: [] });
    });
    expect(await result(first.url, stepped)).toMatchObject({ type: "optim_step" });
    await first.close();
    const { url } = await world.server({ state });
    expect(await result(url, stepped)).toMatchObject({ code: "unknown-future" });
  });
});

describe("sampling from earlier weights", () => {
  test("a session samples what its model was, as long as it is among the newest", async () => {
    const state = temporaryDirectory();
    const { url } = await world.server({ state });
    const { model } = await rawModel(url);
    const send = numbered(url, model);
    const sessions: string[] = [];
    const asked = (id: string | undefined, seq_id: number) => ({
      sampling_session_id: id,
      seq_id,
      prompt,
      num_samples: 4,
      sampling_params: { max_tokens: 6, seed: 7 },
    });
    const firsts: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      const { sampling_session_id: id } = await result(url, await send("save_weights_for_sampler", {}));
      sessions.push(String(id));
      firsts.push(await result(url, await call(url, "asample", asked(sessions[i], 0))));
      await send("forward_backward", backward);
      await result(url, await send("optim_step", { adam_params: { learning_rate: 1 } }));
    }
    expect(new Set(firsts.map((answer) => JSON.stringify(answer))).size).toBe(6);
    for (const i of [5, 3, 4, 2]) {
      expect(await result(url, await call(url, "asample", asked(sessions[i], 1)))).toEqual(firsts[i]);
    }
    expect(await result(url, await call(url, "asample", asked(sessions[0], 1)))).toMatchObject({
      code: "unknown-sampling-session",
      error: expect.stringContaining("only the newest 4 sessions keep theirs"),
    });
    expect(readdirSync(join(state, "snapshots", folderOf(model)))).toHaveLength(4);
  });

  test("requests without a seed are sampled together, and log-probs of the prompt come with them", async () => {
    const engine = wholeFakeEngine();
    const sample = vi.spyOn(engine, "sample");
    const { url } = await world.server({ engine: () => engine });
    const { model } = await rawModel(url);
    const { sampling_session_id: id } = await result(
      url,
      await numbered(url, model)("save_weights_for_sampler", {}),
    );
    const answers = await Promise.all(
      [0, 1, 2].map(async (seq_id) => {
        const body = {
          sampling_session_id: id,
          seq_id,
          prompt: { chunks: [{ type: "encoded_text", tokens: [1, 2 + seq_id] }] },
        };
        const more = { num_samples: 2, sampling_params: { max_tokens: 3 }, prompt_logprobs: true };
        return result(url, await call(url, "asample", { ...body, ...more }));
      }),
    );
    for (const { sequences, prompt_logprobs } of answers) {
      expect(sequences).toHaveLength(2);
      expect(prompt_logprobs).toEqual([null, expect.any(Number)]);
    }
    expect(sample.mock.calls.length).toBeLessThan(3);
  });
});
