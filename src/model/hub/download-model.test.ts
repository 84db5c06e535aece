import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, DownloadError } from "../../errors/index.ts";
import { gitOid, type HubServer, serve, sha256, startHub } from "../../testing/hub-server.ts";
import { downloadModel } from "./download-model.ts";
import type { DownloadOptions, DownloadProgress } from "./hub-session.ts";
import type { HubSettings } from "./hub-settings.ts";

const WEIGHTS = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const FILES = {
  "config.json": Buffer.from("{}"),
  "model.safetensors": WEIGHTS,
  "empty.txt": Buffer.alloc(0),
  "pytorch_model.bin": Buffer.from("unwanted"),
  "onnx/model.safetensors": Buffer.from("unwanted"),
};

let cache: string;
let hub: HubServer;
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "fovea-hub-"));
  hub = await startHub({ name: "org/name", files: FILES, large: ["model.safetensors"] });
});
afterEach(async () => {
  await hub.close();
  rmSync(cache, { recursive: true });
});

function download(
  options: DownloadOptions = {},
  settings: Partial<HubSettings> = {},
  reference = "org/name",
): Promise<string> {
  return downloadModel(reference, {
    retryDelayMs: 1,
    ...options,
    settings: { endpoint: hub.endpoint, cache, offline: false, ...settings },
  });
}

const repository = () => join(cache, "models--org--name");
const incomplete = () => join(repository(), "blobs", `${sha256(WEIGHTS)}.incomplete`);
const fileRequests = () => hub.requests.filter((request) => request.includes("resolve"));

/** Sends the start of a file and drops the connection. */
const breakOff =
  (bytes: number): HubServer["faults"][number] =>
  (_, response, content) => {
    response.writeHead(200, { etag: '"x"', "content-length": content.length });
    response.write(content.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };

describe("downloadModel", () => {
  test("fills the cache as Python's huggingface_hub lays it out, with the wanted files only", async () => {
    const folder = await download();
    expect(folder).toBe(join(repository(), "snapshots", hub.commit));
    expect(readdirSync(folder).sort()).toEqual(["config.json", "empty.txt", "model.safetensors"]);
    expect(readFileSync(join(folder, "model.safetensors")).equals(WEIGHTS)).toBe(true);
    expect(readlinkSync(join(folder, "model.safetensors"))).toBe(`../../blobs/${sha256(WEIGHTS)}`);
    expect(readlinkSync(join(folder, "config.json"))).toBe(`../../blobs/${gitOid(FILES["config.json"])}`);
    expect(readFileSync(join(repository(), "refs", "main"), "utf8")).toBe(hub.commit);
    expect(readdirSync(join(repository(), "blobs"))).toHaveLength(3);
  });

  test("asks for no file that the cache has, and for a commit not even what it is", async () => {
    await download();
    hub.requests.length = 0;
    expect(await download()).toContain(hub.commit);
    expect(fileRequests()).toEqual([]);
    await download({}, {}, `org/name@${hub.commit}`);
    expect(hub.requests.filter((request) => request.includes("/revision/"))).toHaveLength(1);
  });

  test("says at once that the cache cannot be written, and where it is", async () => {
    const below = join(cache, "file", "cache");
    writeFileSync(join(cache, "file"), "");
    const failed = download({ retryDelayMs: 60_000 }, { cache: below });
    await expect(failed).rejects.toThrow(DownloadError);
    await expect(failed).rejects.toThrow(
      `org/name@main: a part of its path is no directory: the cache at ${below} cannot be written`,
    );
    expect(fileRequests()).toEqual([]);
  });

  test("reports bytes that only grow, up to all of them", async () => {
    const seen: DownloadProgress[] = [];
    await download({ onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ bytes: 300_002, totalBytes: 300_002 });
    expect(seen.every(({ bytes }, i) => i === 0 || bytes >= seen[i - 1]!.bytes)).toBe(true);
  });

  test("continues within one call where the connection broke", async () => {
    hub.faults.push(serve, serve, serve, breakOff(100_000));
    await download();
    const [resumed] = fileRequests().slice(-1);
    expect(resumed).toMatch(/model\.safetensors bytes=(?!0-)\d+-299999$/);
    expect(existsSync(incomplete())).toBe(false);
  });

  test("continues what an earlier process left", async () => {
    mkdirSync(join(repository(), "blobs"), { recursive: true });
    writeFileSync(incomplete(), WEIGHTS.subarray(0, 200_000));
    const folder = await download();
    expect(fileRequests().at(-1)).toContain("bytes=200000-299999");
    expect(readFileSync(join(folder, "model.safetensors")).equals(WEIGHTS)).toBe(true);
  });

  test("two processes that download the same file at once both end with the right one", async () => {
    let goOn = () => {};
    const isHalf = new Promise<void>((half) => {
      hub.faults.push(serve, serve, serve, (_, response, content) => {
        response.writeHead(200, { etag: '"x"', "content-length": content.length });
        response.write(content.subarray(0, 150_000), () => setTimeout(half, 50));
        goOn = () => response.end(content.subarray(150_000));
      });
    });
    const first = download({ attempts: 1 });
    await isHalf;
    const folder = await download({ attempts: 1 });
    const read = () => readFileSync(join(folder, "model.safetensors"));
    expect(read().equals(WEIGHTS)).toBe(true);
    goOn();
    expect(await first).toBe(folder);
    expect(read().equals(WEIGHTS)).toBe(true);
    expect(readdirSync(join(repository(), "blobs"))).toHaveLength(3);
  });

  test("continues what a killed process left under its own name", async () => {
    mkdirSync(join(repository(), "blobs"), { recursive: true });
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const host = hostname().replaceAll(/[^a-zA-Z0-9-]/g, "-");
    const left = (own: number) =>
      join(repository(), "blobs", `${sha256(WEIGHTS)}.${host}.${own}.x.incomplete`);
    writeFileSync(left(pid), WEIGHTS.subarray(0, 200_000));
    writeFileSync(left(process.pid), WEIGHTS.subarray(0, 100_000));
    await download();
    expect(fileRequests().at(-1)).toContain("bytes=200000-299999");
    expect(existsSync(left(pid))).toBe(false);
    expect(existsSync(left(process.pid))).toBe(true);
  });

  test("a file of another size in the cache is fetched again", async () => {
    const folder = await download();
    writeFileSync(join(repository(), "blobs", sha256(WEIGHTS)), WEIGHTS.subarray(0, 7));
    await download();
    expect(readFileSync(join(folder, "model.safetensors")).equals(WEIGHTS)).toBe(true);
  });

  test("starts from the beginning if the file of an earlier process is broken", async () => {
    mkdirSync(join(repository(), "blobs"), { recursive: true });
    writeFileSync(incomplete(), Buffer.alloc(200_000, 7));
    const folder = await download();
    expect(readFileSync(join(folder, "model.safetensors")).equals(WEIGHTS)).toBe(true);
  });

  test("refuses bytes of another checksum, and keeps none of them", async () => {
    const spoilt = Buffer.from(WEIGHTS);
    spoilt[1234]! ^= 1;
    hub.faults.push(serve, serve, serve, (request, response) => serve(request, response, spoilt));
    const failure = download();
    await expect(failure).rejects.toThrow(DownloadError);
    await expect(failure).rejects.toThrow(/broken download: expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/);
    expect(existsSync(incomplete())).toBe(false);
    expect(existsSync(join(repository(), "refs", "main"))).toBe(false);
  });

  test("a hub that is busy is asked again, as often as allowed", async () => {
    const busy: HubServer["faults"][number] = (_, response) => response.writeHead(503).end("busy");
    hub.faults.push(busy, busy);
    await download();
    rmSync(repository(), { recursive: true });
    hub.faults.push(busy, busy);
    await expect(download({ attempts: 2 })).rejects.toThrow(/org\/name@main: .* answers 503/);
  });

  test("a connection that goes silent is given up, and another one tried", async () => {
    hub.faults.push(serve, serve, serve, (_, response, content) => {
      response.writeHead(200, { etag: '"x"', "content-length": content.length });
      response.write(content.subarray(0, 1000));
    });
    await download({ timeoutMs: 200 });
    expect(fileRequests().at(-1)).toMatch(/bytes=1000-299999$/);
  });

  test.each(["../outside.json", "a/../../b.json", "/etc/x.json", "c:\\x.json", "a//b.json"])(
    "refuses a hub that lists %s",
    async (path) => {
      hub.listed.push({ path, size: 1, oid: gitOid(Buffer.from("x")) });
      await expect(download()).rejects.toThrow(DownloadError);
      expect(existsSync(repository())).toBe(false);
    },
  );

  test("refuses a hub whose checksum is a path", async () => {
    hub.listed.push({ path: "x.json", size: 1, oid: "../../x" });
    await expect(download()).rejects.toThrow('lists a file "x.json" with checksum "../../x"');
  });

  test("a repository that is not there is named", async () => {
    const failure = download({}, {}, "org/other@v1");
    await expect(failure).rejects.toThrow(DownloadError);
    await expect(failure).rejects.toThrow(/org\/other@v1: .* has no such repository or revision/);
  });
});

describe("a gated repository", () => {
  beforeEach(async () => {
    await hub.close();
    hub = await startHub({ name: "org/name", files: FILES, token: "hf_right" });
  });

  test("is read with the right token", async () => {
    expect(existsSync(await download({}, { token: "hf_right" }))).toBe(true);
  });

  test.each<[string | undefined, RegExp]>([
    [undefined, /refuses \(401\).*no token is set; set HF_TOKEN/],
    ["hf_wrong", /the token in use may not read it/],
  ])("with token %s says what to do", async (token, message) => {
    await expect(download({}, token === undefined ? {} : { token })).rejects.toThrow(message);
  });

  test("with an invalid token says so before asking", async () => {
    await expect(download({}, { token: "secret" })).rejects.toThrow(ConfigError);
    expect(hub.requests).toEqual([]);
  });
});

describe("without the hub", () => {
  const offline = { offline: true };
  const dead = { endpoint: "http://127.0.0.1:9" };

  test.each([offline, dead])("%o serves what the cache has whole", async (settings) => {
    const folder = await download();
    hub.requests.length = 0;
    expect(await download({ attempts: 1 }, settings)).toBe(folder);
    expect(await download({ attempts: 1 }, settings, `org/name@${hub.commit}`)).toBe(folder);
    expect(hub.requests).toEqual([]);
  });

  test("a cache without the revision is a clear error", async () => {
    await expect(download({}, offline)).rejects.toThrow(
      `org/name@main: HF_HUB_OFFLINE is set, and the cache at ${cache} has no such revision`,
    );
    const failure = download({ attempts: 1 }, dead);
    await expect(failure).rejects.toThrow(DownloadError);
    await expect(failure).rejects.toThrow(
      /org\/name@main: http:\/\/127\.0\.0\.1:9 cannot be reached \(.*\), and the cache at .* give the path of a model directory/,
    );
  });

  test("a cache that lacks a file names it", async () => {
    const folder = await download();
    rmSync(join(folder, "model.safetensors"));
    expect(lstatSync(folder).isDirectory()).toBe(true);
    await expect(download({}, offline)).rejects.toThrow("lacks model.safetensors of it");
    writeFileSync(
      join(folder, "model.safetensors.index.json"),
      JSON.stringify({ weight_map: { a: "model-00001-of-00002.safetensors" } }),
    );
    await expect(download({}, offline)).rejects.toThrow("lacks model-00001-of-00002.safetensors of it");
  });
});
