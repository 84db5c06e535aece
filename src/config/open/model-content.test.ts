import { appendFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SMALL_ASSETS } from "../../engine/small-model.ts";
import { stopAfter } from "../../testing/stop-after.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig } from "../../testing/tiny-run.ts";
import { resolveConfig } from "../resolve-config.ts";
import { runTraining } from "../run.ts";
import { atRecordedCommit, atRunCommit, directoryHash, modelContent } from "./model-content.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

function assetsCopy(...folders: readonly string[]): string {
  const path = join(temporaryDirectory(), "assets", ...folders);
  mkdirSync(path, { recursive: true });
  cpSync(SMALL_ASSETS, path, { recursive: true });
  return path;
}

describe("the content of a model", () => {
  test("is the hash of its files, and its commit where it is a snapshot of the hub", () => {
    const path = assetsCopy("models--org--name", "snapshots", COMMIT);
    const content = modelContent(resolveConfig({ file: { model: path } }));
    expect(content).toMatchObject({ commit: COMMIT, hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
    appendFileSync(join(path, "config.json"), " ");
    expect(modelContent(resolveConfig({ file: { model: path } }))?.hash).not.toBe(content?.hash);
    expect(modelContent(resolveConfig())).toBeUndefined();
  });

  test("is read once in a process by its path, which keeps its hash meanwhile; none where it cannot be read", () => {
    const folder = temporaryDirectory();
    const [path, link] = [join(folder, "model"), join(folder, "link")];
    expect(directoryHash(path)).toBeUndefined();
    mkdirSync(path);
    writeFileSync(join(path, "model.safetensors"), "one");
    const before = directoryHash(path);
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    writeFileSync(join(path, "model.safetensors"), "two");
    expect(directoryHash(path)).toBe(before);
    // Another path to the same files is read again.
    symlinkSync(path, link);
    expect(directoryHash(link)).toMatch(/^[0-9a-f]{16}$/);
    expect(directoryHash(link)).not.toBe(before);
  });

  test("of the hub is fetched at the commit that the run recorded, though its name may mean another now", () => {
    const config = resolveConfig({ file: { model: "org/name" } });
    expect(atRecordedCommit(config, COMMIT).model).toEqual({ ...config.model, revision: COMMIT });
    expect(atRecordedCommit(config, undefined)).toBe(config);
    expect(atRecordedCommit(resolveConfig(), COMMIT)).toEqual(resolveConfig());
  });
});

test("a run is looked at with the commit that it recorded, unless another model is asked for", () => {
  const run = temporaryDirectory();
  writeFileSync(join(run, "environment.json"), JSON.stringify({ model: { commit: COMMIT, hash: "0" } }));
  const config = resolveConfig({ file: { model: "org/name" } });
  expect(atRunCommit(config, run, config).model).toMatchObject({ name: "org/name", revision: COMMIT });
  const other = resolveConfig({ file: { model: "org/name@v2" } });
  expect(atRunCommit(other, run, config)).toBe(other);
  expect(atRunCommit(config, temporaryDirectory(), config)).toBe(config);
});

test("a run records the files of its model, and says when they have changed since", async () => {
  const assets = assetsCopy();
  const config = tinyConfig(`model={kind: small, assets: ${assets}}`);
  const path = freshPath();
  const warnings: string[] = [];
  const options = {
    config,
    runDirectory: path,
    openEngine: async () => digitsFakeEngine(),
    onEvent: (event: { readonly event: string; readonly message?: string }) => {
      if (event.event === "warning") warnings.push(event.message ?? "");
    },
  };
  await runTraining({ ...options, clock: steadyClock(), ...stopAfter(1) });
  const { model } = JSON.parse(readFileSync(join(path, "environment.json"), "utf8"));
  expect(model).toEqual(modelContent(config));
  const ofModel = () => warnings.filter((message) => message.startsWith("model: "));
  await runTraining({ ...options, clock: steadyClock(), resume: true, ...stopAfter(1, options.onEvent) });
  expect(ofModel()).toEqual([]);
  appendFileSync(join(assets, "config.json"), " ");
  await runTraining({ ...options, clock: steadyClock(), resume: true });
  expect(ofModel()).toEqual([
    expect.stringContaining(`have changed since the run began (hash ${model.hash}`),
  ]);
});
