import { afterEach, describe, expect, test } from "vitest";
import { EngineError } from "../../errors/index.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import type { Fetch } from "./tinker-options.ts";
import { canCompress } from "./wire-format.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const small = () => createFakeEngine({ vocabSize: 12, promptRows: 1, seed: 5 });
const sequence = {
  prompt: { chunks: [{ kind: "text", tokens: [3] }] },
  completion: Int32Array.of(3, 4),
} as const;

/** Types of the bodies that went to forward_backward and forward, and of the answers that were asked for. */
function watched(
  answer: (address: string, options: RequestInit) => Promise<Response> | undefined = () => undefined,
) {
  const bodies: string[] = [];
  const accepted = new Set<string>();
  const route: Fetch = async (address, options) => {
    const headers = new Headers(options.headers);
    if (/\/forward(_backward)?$/.test(address)) bodies.push(headers.get("content-type") ?? "");
    if (address.endsWith("retrieve_future")) accepted.add(headers.get("accept") ?? "");
    return answer(address, options) ?? fetch(address, options);
  };
  return { bodies, accepted, route };
}

const refusing =
  (detail: string, status = 415) =>
  (address: string, options: RequestInit) =>
    address.endsWith("forward_backward") && options.body === "{}"
      ? Promise.resolve(Response.json({ detail }, { status }))
      : undefined;

describe("the form of bodies", () => {
  test("is protobuf with float64 where the server speaks the extension and names it", async () => {
    const { bodies, accepted, route } = watched();
    const client = await world.client((await world.server()).url, { fetch: route });
    await client.score([sequence]);
    expect(bodies).toEqual(["application/x-protobuf"]);
    expect([...accepted].at(-1)).toBe("application/x-protobuf; real=float64");
    expect(client.server).toMatchObject({
      name: "fovea serve",
      version: "0",
      wire: "protobuf, schema of tinker 0.38.0",
      extension: "protocol 1",
    });
  });

  test("is JSON where a server with the extension does not name any, as before there was a choice", async () => {
    const { bodies, route } = watched();
    const old: Fetch = async (address, options) => {
      const answer = await route(address, options);
      if (!address.endsWith("get_server_capabilities")) return answer;
      const { fovea, ...rest } = (await answer.json()) as { readonly fovea: object };
      return Response.json({ ...rest, fovea: { ...fovea, wire: undefined } });
    };
    const client = await world.client((await world.server()).url, { fetch: old });
    await client.score([sequence]);
    expect(bodies).toEqual(["application/json"]);
    expect(client.server!.wire).toBe("JSON, tinker up to 0.24");
  });

  test.each([
    // As SkyRL 0.4.0 and SkyRL 0.3.0 answer.
    ["protobuf", refusing("forward_backward requires a application/x-protobuf body (tinker SDK >= 0.25.0)")],
    ["json", refusing("Field required", 422)],
  ] as const)("is %s where a server of the plain protocol says so of an empty body", async (name, answer) => {
    const { bodies, route } = watched(answer);
    const server = await world.server({ isExtended: false, engine: small });
    const client = await world.client(server.url, { fetch: route });
    const [score] = await client.score([sequence]);
    const type = name === "json" ? "application/json" : "application/x-protobuf";
    expect(bodies).toEqual(["application/json", type]);
    // The plain protocol has numbers of single precision.
    const [own] = await small().score([sequence]);
    expect(score!.logprobs).toBeAllclose(own!.logprobs, { atol: 1e-6 });
  });

  test("of a server that takes neither is an error that names it and what is supported", async () => {
    const { route } = watched(refusing("expected application/cbor"));
    const { url } = await world.server({ isExtended: false });
    const open = world.client(url, { fetch: route });
    await expect(open).rejects.toThrow(EngineError);
    await expect(open).rejects.toThrow(
      /^forward_backward: .*application\/cbor; supported: application\/x-protobuf as of tinker 0\.25 to 0\.38\.0, and application\/json as of tinker up to 0\.24$/,
    );
    const named: Fetch = async (address, options) => {
      const answer = await fetch(address, options);
      if (!address.endsWith("get_server_capabilities")) return answer;
      const { fovea, ...rest } = (await answer.json()) as { readonly fovea: object };
      return Response.json({ ...rest, fovea: { ...fovea, wire: ["cbor"] } });
    };
    await expect(world.client((await world.server()).url, { fetch: named })).rejects.toThrow(
      /a form that is not known here: cbor; supported: /,
    );
  });

  test.skipIf(!canCompress)("is compressed where the server asks for it and Node can", async () => {
    const encodings: (string | null)[] = [];
    const route: Fetch = (address, options) => {
      if (address.endsWith("forward_backward")) {
        encodings.push(new Headers(options.headers).get("content-encoding"));
      }
      return fetch(address, options);
    };
    const client = await world.client((await world.server({ engine: small })).url, { fetch: route });
    const many = Array.from({ length: 200 }, () => sequence);
    const scores = await client.score(many);
    expect(encodings).toEqual(["zstd"]);
    expect(scores).toEqual(await small().score(many));
  });

  test("may be named, and then nothing is asked", async () => {
    const { bodies, route } = watched();
    const client = await world.client((await world.server()).url, { fetch: route, wire: "json" });
    await client.score([sequence]);
    expect(bodies).toEqual(["application/json"]);
  });
});

describe("a server that does not keep to the form", () => {
  const answering = (body: string | Uint8Array<ArrayBuffer>, type: string): Fetch => {
    let isOpen = false;
    return async (address, options) => {
      if (/\/forward(_backward)?$/.test(address)) isOpen = true;
      if (isOpen && address.endsWith("retrieve_future")) {
        return new Response(body, { headers: { "content-type": type } });
      }
      return fetch(address, options);
    };
  };

  test.each([
    [
      "JSON where a message was asked for",
      '{"loss_fn_outputs":[]}',
      "application/json",
      /^forward: content-type: expected application\/x-protobuf, as the request asked \(schema of tinker 0\.38\.0\), got application\/json/,
    ],
    [
      "a message that is none",
      new Uint8Array([1, 2, 3]),
      "application/x-protobuf",
      /^forward: body: expected a ForwardBackwardOutput in 3 bytes: .*\(schema of tinker 0\.38\.0\)$/,
    ],
  ])("%s is an error at once that names call and field", async (_, body, type, message) => {
    const server = await world.server();
    const client = await world.client(server.url, { fetch: answering(body, type) });
    const scored = client.score([sequence]);
    await expect(scored).rejects.toThrow(EngineError);
    await expect(scored).rejects.toThrow(message);
  });

  test.each([
    ["in its middle", (length: number) => length >> 1],
    ["before its last byte", (length: number) => length - 1],
    ["before its first byte", () => 0],
  ])("a message that is cut %s is asked for again", async (_, kept) => {
    const messages: string[] = [];
    const cutting = (server: string): Fetch => {
      let left = 1;
      return async (address, options) => {
        const answer = await fetch(address, options);
        const type = answer.headers.get("content-type") ?? "";
        if (left === 0 || !address.startsWith(server) || type !== "application/x-protobuf") return answer;
        left -= 1;
        const bytes = new Uint8Array(await answer.arrayBuffer());
        return new Response(bytes.slice(0, kept(bytes.length)), { headers: { "content-type": type } });
      };
    };
    const { url } = await world.server();
    const onRetry = ({ message }: { readonly message: string }) => messages.push(message);
    const client = await world.client(url, { fetch: cutting(url), onRetry });
    const whole = await (await world.client(url)).score([sequence]);
    expect(await client.score([sequence])).toEqual(whole);
    expect(messages).toEqual([expect.stringMatching(/^expected a whole message, got \d+ bytes of/)]);
  });

  test("a message where JSON was asked for is one too", async () => {
    const route: Fetch = async (address, options) =>
      address.endsWith("create_session")
        ? new Response(new Uint8Array([1]), { headers: { "content-type": "application/x-protobuf" } })
        : fetch(address, options);
    const open = world.client((await world.server()).url, { fetch: route });
    await expect(open).rejects.toThrow(
      /^create_session: content-type: expected application\/json, as the request asked, got application\/x-protobuf$/,
    );
  });
});
