import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigError, DownloadError } from "../errors/index.ts";
import { type HubServer, startHub } from "../testing/hub-server.ts";
import { resolveConfig } from "./config/resolve-config.ts";
import type { DownloadEvent } from "./events.ts";
import { fetchModel, openDialogue, openEngine } from "./open-model.ts";

let cache: string;
let hub: HubServer;
beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), "fovea-open-model-"));
  const files = {
    "config.json": Buffer.from("{}"),
    "model.safetensors": Buffer.alloc(3_000_000, 1),
    "README.md": Buffer.from("unwanted"),
  };
  hub = await startHub({ name: "org/name", files, large: ["model.safetensors"] });
});
afterAll(async () => {
  await hub.close();
  rmSync(cache, { recursive: true });
});

const config = resolveConfig({ file: { model: "org/name" } });
const settings = () => ({ endpoint: hub.endpoint, cache, offline: false });

test("a model of the hub becomes a directory of the cache, with few events on the way", async () => {
  const events: DownloadEvent[] = [];
  const local = await fetchModel(config, (event) => events.push(event), { settings: settings() });
  const path = join(cache, "models--org--name", "snapshots", hub.commit);
  expect(local).toEqual({ ...config, model: { kind: "directory", path } });
  expect(events.at(-1)).toEqual({
    event: "download",
    file: "model.safetensors",
    bytes: 3_000_002,
    totalBytes: 3_000_002,
  });
  expect(events.length).toBeLessThan(110);
});

test("a model that is on this machine is left alone", async () => {
  const digits = resolveConfig({});
  expect(await fetchModel(digits)).toBe(digits);
});

test("a model that cannot be had is a typed error", async () => {
  const away = { ...settings(), cache: join(cache, "other"), offline: true };
  await expect(fetchModel(config, () => {}, { settings: away })).rejects.toThrow(DownloadError);
});

test("a model of the hub is not opened before it is fetched", async () => {
  expect(() => openDialogue(config)).toThrow(ConfigError);
  await expect(openEngine(config)).rejects.toThrow("org/name of the hub (fetchModel)");
});

test.each([
  ["values", true],
  ["group", false],
])("the engine of PPO with baseline %s has a value head: %s", async (baseline, hasValues) => {
  const flags = ["algorithm.kind=ppo", `algorithm.baseline=${baseline}`];
  const engine = await openEngine(resolveConfig({ flags }));
  expect(engine.capabilities.has("value")).toBe(hasValues);
  await engine.close();
});
