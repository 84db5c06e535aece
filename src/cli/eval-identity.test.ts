import { appendFileSync, cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createLocalEngine } from "../engine/index.ts";
import { freshSmallModel, SMALL_ASSETS } from "../engine/small-model.ts";
import { type HubServer, startHub } from "../testing/hub-server.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext, openFakeEngine, TINY_FLAGS } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

let hub: HubServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub?.close();
  hub = undefined;
});

/** The files of the small model with weights of a seed. */
async function filesOf(seed: number): Promise<Record<string, Buffer>> {
  const directory = temporaryDirectory();
  const engine = await createLocalEngine({ model: freshSmallModel(seed), threads: 1 });
  await engine.save(directory, { optimizer: false });
  await engine.close();
  return Object.fromEntries(
    readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]),
  );
}

/** Evaluates, and returns the recorded identity of the model. */
async function identityOf(model: string): Promise<string> {
  const { context, stderr } = collectingContext({ openEngine: async () => openFakeEngine() });
  const out = temporaryDirectory();
  const flags = [...TINY_FLAGS, "evaluation.problems=1", `model=${model}`].flatMap((flag) => ["--set", flag]);
  const status = await runCommandLine(["eval", ...flags, "--out", out], context);
  expect(status, stderr()).toBe(0);
  const [benchmark = ""] = readdirSync(out);
  const [first = ""] = readFileSync(join(out, benchmark, "answers.jsonl"), "utf8").split("\n");
  return String((JSON.parse(first) as { model: unknown }).model);
}

test("the built-in model is known by its seed, and by the files that take the place of its own", async () => {
  expect(await identityOf("small")).toBe("small seed=0");
  const assets = temporaryDirectory();
  cpSync(SMALL_ASSETS, assets, { recursive: true });
  const own = await identityOf(`{kind: small, assets: ${assets}}`);
  expect(own).toMatch(/^small seed=0 assets [0-9a-f]{16}$/);
  appendFileSync(join(assets, "config.json"), " ");
  expect(await identityOf(`{kind: small, assets: ${assets}}`)).not.toBe(own);
});

test("a model of the hub is known by its files, not by a revision that moves", async () => {
  const identities: string[] = [];
  for (const seed of [1, 2]) {
    hub = await startHub({ name: "org/name", files: await filesOf(seed) });
    vi.stubEnv("HF_ENDPOINT", hub.endpoint);
    vi.stubEnv("HF_HUB_CACHE", temporaryDirectory());
    vi.stubEnv("HF_HUB_OFFLINE", "");
    vi.stubEnv("HF_TOKEN", "");
    identities.push(await identityOf("org/name@main"));
    await hub.close();
  }
  hub = undefined;
  expect(identities).toEqual([
    expect.stringMatching(/^weights [0-9a-f]{16}$/),
    expect.stringMatching(/^weights /),
  ]);
  expect(identities[0]).not.toBe(identities[1]);
});
