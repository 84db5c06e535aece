import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { filesSchema } from "../../data/index.ts";
import { smallProblems, writeJsonl, writeParquet } from "../../testing/data-files.ts";
import { type HubServer, startHub } from "../../testing/hub-server.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { collectingContext, freshPath, TINY_FLAGS } from "../../testing/tiny-run.ts";
import { fetchData, isHubData } from "./fetch-data.ts";

const problems = await smallProblems(6);
const parquet = readFileSync(writeParquet(problems));
const FILES = {
  "README.md": Buffer.from("unwanted"),
  "data/train-00000-of-00001.parquet": parquet,
  "data/test-00000-of-00001.parquet": parquet,
  "images.zip": Buffer.from("unwanted"),
  "images/p0.png": Buffer.from("unwanted"),
};

let hub: HubServer;
let cache: string;
beforeEach(async () => {
  hub = await startHub({
    name: "org/sums",
    type: "dataset",
    files: FILES,
    large: ["data/train-00000-of-00001.parquet"],
  });
  cache = temporaryDirectory();
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HUB_CACHE", cache);
  vi.stubEnv("HF_TOKEN", "");
  vi.stubEnv("HF_HUB_OFFLINE", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
});

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext();
  const status = await runCommandLine(words, context);
  const lines = stdout()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  return {
    status,
    records: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    stderr: stderr(),
  };
}

describe("a data set of the hub", () => {
  test("is downloaded into the cache that Python shares, its data files alone, and checked part by part", async () => {
    const { status, records } = await fovea("data", "check", "org/sums", "--json");
    expect(status).toBe(0);
    const parts = records.filter(({ event }) => event === "checked").map(({ split, rows }) => [split, rows]);
    expect(parts).toEqual([
      ["train", 6],
      ["test", 6],
    ]);
    const snapshot = join(cache, "datasets--org--sums", "snapshots", hub.commit);
    expect(readdirSync(snapshot)).toEqual(["data"]);
    expect(readdirSync(join(snapshot, "data"))).toHaveLength(2);
    expect(records.some(({ event }) => event === "download")).toBe(true);
    expect(hub.requests.filter((request) => request.includes("/resolve/")).join()).not.toMatch(
      /zip|README|png/,
    );
  });

  test("is trained on, its name in the configuration, and again from the cache without a network", async () => {
    const small = TINY_FLAGS.filter((flag) => !flag.startsWith("data.")).flatMap((flag) => ["--set", flag]);
    const run = async () => {
      const runDirectory = freshPath();
      const words = ["train", ...small, "--set", "train.iterations=2", "--set", "data=org/sums@main"];
      const { status, stderr } = await fovea(
        ...words,
        "--set",
        "train.promptsPerIteration=2",
        "--run-dir",
        runDirectory,
      );
      expect(stderr).not.toContain("error");
      expect(status).toBe(0);
      return JSON.parse(readFileSync(join(runDirectory, "config.json"), "utf8"));
    };
    const first = await run();
    expect(first.config.data.path).toBe("org/sums@main");
    const asked = hub.requests.length;
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect((await run()).data).toEqual(first.data);
    expect(hub.requests).toHaveLength(asked);
  });

  test("may be what a warm start imitates", async () => {
    const data = filesSchema.parse({ path: writeJsonl(problems), warmStart: "org/sums" });
    const { data: local } = await fetchData({ data: { kind: "files", ...data } });
    expect(local).toMatchObject({ warmStart: join(cache, "datasets--org--sums", "snapshots", hub.commit) });
  });

  test("that is not there, or not in the cache without a network, is said to be neither there nor here", async () => {
    const other = await fovea("data", "check", "org/other");
    expect(other.status).toBe(1);
    expect(other.stderr).toContain(
      "has no such repository or revision (404), nor is there such a path on this machine",
    );
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const offline = await fovea("data", "check", "org/sums");
    expect(offline.status).toBe(1);
    expect(offline.stderr).toContain("org/sums@main: HF_HUB_OFFLINE is set, and the cache at");
  });
});

test("a path that is there, or has a file's name, is never asked of the hub", async () => {
  expect(isHubData("org/sums")).toBe(true);
  expect(isHubData("org/sums@v1.0")).toBe(true);
  for (const path of ["data/train.jsonl", "data/images.zip", "/tmp/sums", "one", "a/b/c", "./org/sums"])
    expect(isHubData(path)).toBe(false);
  expect(isHubData("src/train")).toBe(!existsSync("src/train"));
  const missing = await fovea("data", "check", "data/train.jsonl");
  expect(missing.stderr).toContain("data/train.jsonl: no such file or directory");
  expect(hub.requests).toEqual([]);
});

describe("what is packed", () => {
  test("is named with the tool that unpacks it", async () => {
    const folder = temporaryDirectory();
    const zip = join(folder, "train.zip");
    writeFileSync(zip, "PK");
    expect((await fovea("data", "check", zip)).stderr).toContain(
      `${zip}: is an archive; unpack it (unzip, tar -xf) and give what is in it`,
    );
    writeFileSync(join(folder, "pictures.tar"), "packed");
    const path = writeJsonl(problems.slice(0, 1), folder);
    writeFileSync(path, readFileSync(path, "utf8").replace("images/p0.png", "pictures/p0.png"));
    const { context, stdout } = collectingContext();
    await runCommandLine(["data", "check", path], context);
    expect(stdout()).toContain(
      `image "pictures/p0.png": no such file in the image directory ${folder} (data.images names another); ${zip}: cannot be read as a zip archive`,
    );
    expect(stdout()).toContain("; pictures.tar lies there packed: unpack it (unzip, tar -xf)");
  });
});
