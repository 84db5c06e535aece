import { join } from "node:path";
import Sqlite from "libsql";
import { afterEach, describe, expect, test } from "vitest";
import { EngineError, SessionLostError } from "../../errors/index.ts";
import { faultedTraining, trainRounds } from "../../testing/faulted-training.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { Engine, Prompt, SampleRequest } from "../engine.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import type { Fetch } from "./tinker-options.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const prompts: readonly Prompt[] = [1, 2].map((token) => ({ chunks: [{ kind: "text", tokens: [token] }] }));
const small = () => createFakeEngine({ vocabSize: 12, promptRows: 2, seed: 5 });
/** Waits that a test need not wait. */
const clock = { now: () => performance.now(), sleep: () => new Promise<void>((done) => setImmediate(done)) };

const request: SampleRequest = {
  prompts,
  groupSize: 1,
  maxCompletionTokens: 2,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [],
  seed: 1,
};

describe("a network with faults", () => {
  test.each(["protobuf", "json"] as const)(
    "calls cut, delayed, doubled or refused leave the weights of a run without any: %s",
    async (wire) => {
      const { counts, reached, wanted } = await faultedTraining(world, wire, 10);
      expect(Math.min(...counts)).toBeGreaterThan(2);
      expect(reached).toEqual(wanted);
    },
  );

  test("waits are doubled with jitter, a wait that the server names is kept, and there is an end to it", async () => {
    const waits: number[] = [];
    let now = 0;
    const given = [429, 500, 503, 408].map((status) => ({ status, after: status === 503 ? "7" : undefined }));
    const busy = async () => {
      const { status, after } = given.shift() ?? { status: 500, after: undefined };
      return new Response("busy", { status, ...(after && { headers: { "retry-after": after } }) });
    };
    const slow = {
      now: () => now,
      sleep: async (wait: number) => {
        waits.push(wait);
        now += wait;
      },
    };
    const open = world.client("http://127.0.0.1:9", { clock: slow, fetch: busy, retryLimitMs: 60_000 });
    await expect(open).rejects.toThrow(
      /^get_server_capabilities: http:\/\/127.0.0.1:9 does not answer \(\d+ attempts in \d+ s\): status 500: busy$/,
    );
    expect(waits[2]).toBe(7000);
    for (const [i, wait] of waits.entries()) {
      if (i === 2) continue;
      const full = Math.min(30_000, 250 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
    }
    expect(new Set(waits.map((wait, i) => wait / 2 ** i)).size).toBeGreaterThan(3);
    expect(now).toBeLessThanOrEqual(60_000);
  });

  test("a wait of 0 s that a server names is none, and one above the limit is said", async () => {
    const waits: number[] = [];
    let now = 0;
    const sleep = async (wait: number) => {
      waits.push(wait);
      now += wait;
      if (waits.length > 1000) throw new Error("too many attempts");
    };
    const own = { now: () => now, sleep };
    const opened = (after: string) =>
      world.client("http://127.0.0.1:9", {
        clock: own,
        fetch: async () => new Response("busy", { status: 503, headers: { "retry-after": after } }),
        retryLimitMs: 60_000,
      });
    await expect(opened("0")).rejects.toThrow(/does not answer \(\d{1,2} attempts in/);
    expect(Math.min(...waits)).toBeGreaterThan(100);
    await expect(opened("3600")).rejects.toThrow(
      "get_server_capabilities: http://127.0.0.1:9 asks to wait 3600 s, more than the 60 s allowed: status 503: busy",
    );
  });

  test("a connection that is refused is an error that names the call, after the time allowed", async () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const refused = () => Promise.reject(new TypeError("fetch failed", { cause }));
    const open = world.client("http://127.0.0.1:9999", { clock, retryLimitMs: 50, fetch: refused });
    await expect(open).rejects.toThrow(EngineError);
    await expect(open).rejects.toThrow(/^get_server_capabilities: .*does not answer .*ECONNREFUSED/);
  });

  test("a session that the server has lost is another kind of error, and load begins a new one", async () => {
    const state = temporaryDirectory();
    const server = await world.server({ engine: small, state });
    const proxy = { url: server.url };
    const route: Fetch = (address, options) => fetch(address.replace("http://server", proxy.url), options);
    const client = await world.client("http://server", { clock, fetch: route });
    await trainRounds(client, 2);
    const saved = temporaryDirectory();
    await client.save(saved);
    await trainRounds(client, 1);
    // Another server, which knows the checkpoints of the first but none of its sessions.
    await server.close();
    const database = new Sqlite(join(state, "serve.sqlite"));
    database.exec(
      "DELETE FROM sessions; DELETE FROM models; DELETE FROM sampling_sessions; DELETE FROM futures",
    );
    database.close();
    proxy.url = (await world.server({ engine: small, state })).url;
    await expect(trainRounds(client, 1)).rejects.toThrow(SessionLostError);
    await expect(client.sample(request)).rejects.toThrow(SessionLostError);
    await client.load(saved);
    await trainRounds(client, 1);
    const sequence = { prompt: prompts[0]!, completion: Int32Array.of(3, 4) };
    const [score] = await client.score([sequence]);
    const straight = small();
    await trainRounds(straight, 2);
    await trainRounds(straight, 1);
    expect(score).toEqual((await straight.score([sequence]))[0]);
  });

  test.each(["create_sampling_session", "create_model"])(
    "a session that %s does not find is lost, and the next load begins another",
    async (call) => {
      const server = await world.server({ engine: small, isExtended: false });
      const lost = new Set<unknown>();
      let isLosing = false;
      const sessions: unknown[] = [];
      const route: Fetch = async (address, options) => {
        const name = address.split("/").at(-1);
        if (name === call && isLosing) {
          const { session_id } = JSON.parse(options.body as string) as { session_id: unknown };
          if (lost.size === 0) lost.add(session_id);
          if (lost.has(session_id)) return Response.json({ detail: "no such session" }, { status: 404 });
        }
        const answer = await fetch(address, options);
        if (name === "create_session") sessions.push(await answer.clone().json());
        return answer;
      };
      const client = await world.client(server.url, { clock, fetch: route });
      await trainRounds(client, 1);
      const saved = temporaryDirectory();
      await client.save(saved);
      isLosing = true;
      const work = call === "create_model" ? client.load(saved) : client.setReference();
      await expect(work).rejects.toThrow(SessionLostError);
      await client.load(saved);
      await client.setReference();
      await trainRounds(client, 1);
      expect(sessions).toHaveLength(2);
    },
  );

  test("a name that is taken, since the answer to the first attempt was lost, is another name", async () => {
    const server = await world.server({ engine: small });
    const names: unknown[] = [];
    // As SkyRL 0.3.0, which does not look at numbers.
    const route: Fetch = async (address, options) => {
      if (!address.includes("/save_weights")) return fetch(address, options);
      const { path, sampling_session_seq_id } = JSON.parse(options.body as string) as Record<string, unknown>;
      const name = path ?? sampling_session_seq_id;
      if (names.includes(name)) {
        return Response.json({ detail: `Checkpoint '${String(name)}' already exists` }, { status: 409 });
      }
      names.push(name);
      if (names.length % 2 === 0) return fetch(address, options);
      throw new TypeError("fetch failed: the connection was cut");
    };
    const client = await world.client(server.url, { clock, fetch: route });
    await trainRounds(client, 1);
    const saved = temporaryDirectory();
    await client.save(saved);
    // A sampler and a checkpoint, each under its second name.
    expect(names).toHaveLength(4);
    await trainRounds(client, 1);
    await client.load(saved);
    const straight = small();
    await trainRounds(straight, 1);
    const sequence = { prompt: prompts[0]!, completion: Int32Array.of(3, 4) };
    expect(await client.score([sequence])).toEqual(await straight.score([sequence]));
  });

  describe("on a SkyRL that looks at no numbers", () => {
    /** A server that does again what comes again, and loses the answer to the second of `call`. */
    async function forgetful(call: string, lost: () => Promise<Response>, turns = [2]) {
      const server = await world.server({ engine: small, isExtended: false });
      let count = 0;
      const calls: string[] = [];
      const route: Fetch = async (address, options) => {
        const { pathname } = new URL(address);
        if (pathname === "/") return Response.json({ name: "Tinker API Mock" });
        if (typeof options.body !== "string") return fetch(address, options);
        const { seq_id: _, ...fields } = JSON.parse(options.body) as Record<string, unknown>;
        const body = JSON.stringify(fields);
        const name = pathname.split("/").at(-1)!;
        calls.push(name);
        const isTurn = name === call && turns.includes(++count);
        if (isTurn && call === "forward_backward") await fetch(address, { ...options, body });
        return isTurn ? lost() : fetch(address, { ...options, body });
      };
      // Its release 0.3.0, which takes JSON alone.
      const client = await world.client(server.url, {
        clock,
        fetch: route,
        lossReduction: "sum",
        wire: "json",
      });
      return { client, calls };
    }
    const cut = () => Promise.reject(new TypeError("fetch failed: the connection was cut"));
    const refused = () =>
      Promise.reject(
        new TypeError("fetch failed", {
          cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
        }),
      );
    const scoresOf = async (engine: Engine) =>
      (await engine.score([{ prompt: prompts[0]!, completion: Int32Array.of(3, 4) }]))[0]!.logprobs;

    const undisturbed = async (...rounds: readonly number[]) => {
      const { client } = await forgetful("nothing", cut);
      for (const own of rounds) await trainRounds(client, own);
      return scoresOf(client);
    };

    test.each(["forward_backward", "optim_step"])(
      "a %s whose answer is lost is not sent again: the run is to go back to its checkpoint",
      async (call) => {
        const { client, calls } = await forgetful(call, cut);
        await trainRounds(client, 1);
        const saved = temporaryDirectory();
        await client.save(saved);
        await expect(trainRounds(client, 1)).rejects.toThrow(
          new RegExp(`^${call} \\d+: the answer of .*, which would do again what comes again, is lost`),
        );
        await client.load(saved);
        expect(calls.filter((name) => name === "unload_model")).toHaveLength(1);
        await trainRounds(client, 1);
        expect(await scoresOf(client)).toEqual(await undisturbed(1, 1));
      },
    );

    test.each([408, 500, 502, 504, 520, 522, 524])(
      "nor is one of which status %i, perhaps a proxy's, says nothing",
      async (status) => {
        const { client } = await forgetful("forward_backward", async () => new Response("", { status }));
        await trainRounds(client, 1);
        await expect(trainRounds(client, 1)).rejects.toThrow(SessionLostError);
      },
    );

    test("which is remembered in the session that follows", async () => {
      const { client } = await forgetful("forward_backward", cut, [2, 3]);
      await trainRounds(client, 1);
      const saved = temporaryDirectory();
      await client.save(saved);
      await expect(trainRounds(client, 1)).rejects.toThrow(SessionLostError);
      await client.load(saved);
      await expect(trainRounds(client, 1)).rejects.toThrow(SessionLostError);
      await client.load(saved);
      await trainRounds(client, 1);
      expect(await scoresOf(client)).toEqual(await undisturbed(1, 1));
    });

    test("what never arrived, or was refused for the time being, is sent again", async () => {
      const expected = await undisturbed(2);
      for (const lost of [refused, async () => Response.json({ detail: "busy" }, { status: 503 })]) {
        const { client } = await forgetful("optim_step", lost);
        await trainRounds(client, 2);
        expect(await scoresOf(client)).toEqual(expected);
      }
    });
  });

  describe("a request that nobody answers within the time allowed", () => {
    const failed = (code: string) =>
      new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });

    /** A client; once `fault.code` is set, its server takes `fault.taken` more requests without an answer, then none. */
    async function silenced() {
      const server = await world.server({ engine: small });
      const fault: { code?: string; taken: number } = { taken: 0 };
      const route: Fetch = async (address, options) => {
        if (fault.code === undefined) return fetch(address, options);
        if (fault.taken-- > 0) await fetch(address, options);
        throw failed(fault.code);
      };
      let now = 0;
      const sleep = async (wait: number) => {
        now += wait;
      };
      const quick = { now: () => now, sleep };
      return { client: await world.client(server.url, { clock: quick, fetch: route }), fault };
    }
    const straight = async () => {
      const engine = small();
      await trainRounds(engine, 1);
      await trainRounds(engine, 1);
      return engine.score([{ prompt: prompts[0]!, completion: Int32Array.of(3, 4) }]);
    };
    const sequence = { prompt: prompts[0]!, completion: Int32Array.of(3, 4) };

    test("and that may have arrived loses the session, since its number may be taken", async () => {
      const { client, fault } = await silenced();
      await trainRounds(client, 1);
      const saved = temporaryDirectory();
      await client.save(saved);
      fault.code = "ECONNRESET";
      fault.taken = 1;
      const failure = await client.accumulate([sequence], [Float64Array.of(1, 1)]).catch((error) => error);
      expect(failure).toBeInstanceOf(SessionLostError);
      expect(failure.message).toMatch(
        /^forward_backward \d+: .* does not answer .*; the server may have taken the request$/,
      );
      delete fault.code;
      await expect(client.score([sequence])).rejects.toThrow(SessionLostError);
      await client.load(saved);
      await trainRounds(client, 1);
      expect(await client.score([sequence])).toEqual(await straight());
    });

    test("and that never arrived leaves the session and the number", async () => {
      const { client, fault } = await silenced();
      await trainRounds(client, 1);
      fault.code = "ECONNREFUSED";
      await expect(client.score([sequence])).rejects.toThrow(EngineError);
      delete fault.code;
      await trainRounds(client, 1);
      expect(await client.score([sequence])).toEqual(await straight());
    });
  });

  test.each([
    ["Model model_1 not loaded (likely stale request from previous server)", SessionLostError],
    ["Model model_1 not loaded", SessionLostError],
    ["LoRA rank 0 must be between 1 and 32", EngineError],
  ])("a future that fails with %j is the error that it means", async (detail, kind) => {
    const server = await world.server({ engine: small });
    let isRestarted = false;
    const route: Fetch = (address, options) =>
      isRestarted && address.endsWith("retrieve_future")
        ? Promise.resolve(Response.json({ detail }, { status: 400 }))
        : fetch(address, options);
    const client = await world.client(server.url, { clock, fetch: route });
    isRestarted = true;
    const failure = await trainRounds(client, 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect(failure instanceof SessionLostError).toBe(kind === SessionLostError);
    expect((failure as Error).message).toContain(detail);
  });
});
