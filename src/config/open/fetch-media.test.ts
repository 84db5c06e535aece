import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { DataError } from "../../errors/index.ts";
import { plainImage, smallProblems, writeVirl } from "../../testing/data-files.ts";
import { serve as answer, type HubServer, startHub } from "../../testing/hub-server.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { collectingContext, freshPath, TINY_FLAGS } from "../../testing/tiny-run.ts";
import { zipBytes } from "../../testing/zip-files.ts";
import { resolveConfig } from "../resolve-config.ts";
import { fetchData } from "./fetch-data.ts";

// Different images, or the cache would need only one of them.
const pngs = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((grey) => plainImage(28, grey)));
const [png, ...others] = pngs.map((bytes) => Buffer.from(bytes)) as [Buffer, ...Buffer[]];
const virl = writeVirl(await smallProblems(9));
const PUBLISHED = {
  "39Krelease.parquet": readFileSync(join(virl, "39Krelease.parquet")),
  "images.zip": readFileSync(join(virl, "images.zip")),
  "README.md": Buffer.from("unwanted"),
  "assets/overview.png": png,
  "old/images.zip": Buffer.from("unwanted"),
};

let hub: HubServer | undefined;
let cache: string;
beforeEach(() => {
  cache = temporaryDirectory();
  vi.stubEnv("HF_HUB_CACHE", cache);
  vi.stubEnv("HF_TOKEN", "");
  vi.stubEnv("HF_HUB_OFFLINE", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub?.close();
  hub = undefined;
});

async function serve(files: Readonly<Record<string, Buffer>>): Promise<HubServer> {
  hub = await startHub({ name: "org/sums", type: "dataset", files, large: ["images.zip"] });
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  return hub;
}

const jsonl = (...rows: readonly object[]) =>
  Buffer.from(rows.map((row) => JSON.stringify({ problem: "What?", answer: "7", ...row })).join("\n"));

/** Paths of the files that were fetched, in order, each once. */
const fetched = () => {
  const paths = (hub?.requests ?? []).flatMap(
    (request) => /\/resolve\/[0-9a-f]{40}\/(\S+)/.exec(request)?.[1] ?? [],
  );
  return [...new Set(paths)];
};

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

async function checked(...words: string[]) {
  const { status, records, stderr } = await fovea("data", "check", "org/sums", "--json", ...words);
  expect(stderr).not.toContain("error");
  expect(status).toBe(0);
  return records.filter(({ event }) => event === "checked");
}

describe("ViRL39K of the hub", () => {
  test("comes with the archive that its rows name, and nothing else", async () => {
    await serve(PUBLISHED);
    const [report] = await checked();
    expect(report).toMatchObject({ rows: 9, brokenRows: 0, images: 6, problemsWithoutImage: 3 });
    expect(fetched()).toEqual(["39Krelease.parquet", "images.zip"]);
    const snapshots = join(cache, "datasets--org--sums", "snapshots");
    expect(readdirSync(join(snapshots, readdirSync(snapshots)[0]!)).sort()).toEqual(fetched());
  });

  test("is trained on for two iterations, and again without a network", async () => {
    const { requests } = await serve(PUBLISHED);
    const small = TINY_FLAGS.filter((flag) => !flag.startsWith("data.")).flatMap((flag) => ["--set", flag]);
    const run = async () => {
      const runDirectory = freshPath();
      const words = ["train", ...small, "--set", "train.iterations=2", "--set", "data=org/sums"];
      const size = ["--set", "train.promptsPerIteration=2", "--run-dir", runDirectory];
      const { status, stderr } = await fovea(...words, ...size);
      expect(stderr).not.toContain("error");
      expect(status).toBe(0);
      return JSON.parse(readFileSync(join(runDirectory, "config.json"), "utf8"));
    };
    const first = await run();
    const asked = requests.length;
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect((await run()).data).toEqual(first.data);
    expect(requests).toHaveLength(asked);
  });

  test("counts as there only when its archive is, which is continued where it broke off", async () => {
    const { faults, requests } = await serve(PUBLISHED);
    const { length: size } = PUBLISHED["images.zip"];
    const config = resolveConfig({ flags: ["data=org/sums"] });
    const breakOff: HubServer["faults"][number] = (request, response, content) => {
      if (content !== PUBLISHED["images.zip"] || request.headers.range === "bytes=0-0") {
        faults.unshift(breakOff);
        answer(request, response, content);
        return;
      }
      response.writeHead(200, { etag: '"x"', "content-length": content.length });
      response.write(content.subarray(0, 100), () => setTimeout(() => response.destroy(), 20));
    };
    faults.push(breakOff);
    await expect(fetchData(config, undefined, { attempts: 1 })).rejects.toThrow("cannot be reached");
    expect(existsSync(join(cache, "datasets--org--sums", "refs", "main"))).toBe(false);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await expect(fetchData(config)).rejects.toThrow("has no such revision");
    vi.stubEnv("HF_HUB_OFFLINE", "");
    faults.length = 0;
    const bytes: number[] = [];
    await fetchData(config, (event) => bytes.push(event.bytes));
    expect(requests.at(-1)).toMatch(new RegExp(`images\\.zip bytes=\\d\\d+-${size - 1}$`));
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect(bytes.at(-1)).toBe(size + PUBLISHED["39Krelease.parquet"].length);
  });

  test("is fetched without its archive when data.images says where the images are", async () => {
    await serve(PUBLISHED);
    const [report] = await checked("--set", `data.images=${join(virl, "images.zip")}`);
    expect(report).toMatchObject({ rows: 9, images: 6, brokenRows: 0 });
    expect(fetched()).toEqual(["39Krelease.parquet"]);
  });
});

describe("a data set of the hub", () => {
  test("comes with the loose images, frames and videos that its rows name, in any folder", async () => {
    await serve({
      "data/train.jsonl": jsonl(
        { image: "images/a.png" },
        { image: ["./images/b.png", "near.png"] },
        { image: "packed/c.png" },
        { video: "clip" },
        { video: ["clip/1.png"] },
      ),
      "data/test.jsonl": jsonl({ image: "images/t.png" }),
      "data/near.png": png,
      "images/a.png": others[0]!,
      "images/b.png": others[1]!,
      "images/t.png": others[2]!,
      "images/unnamed.png": others[3]!,
      "packed/part.zip": zipBytes([{ name: "c.png", content: others[6]! }]),
      "data/.hidden.zip": Buffer.from("unwanted"),
      "clip/1.png": others[4]!,
      "clip/2.png": others[5]!,
      "clip/notes.txt": Buffer.from("unwanted"),
    });
    const [train, validation] = await checked();
    expect(train).toMatchObject({ split: "train", rows: 5, brokenRows: 0, images: 4, videos: 2 });
    expect(validation).toMatchObject({ split: "test", rows: 1, brokenRows: 0 });
    expect(fetched().filter((path) => !path.endsWith(".jsonl"))).toEqual([
      "data/near.png",
      "images/a.png",
      "images/b.png",
      "images/t.png",
      "packed/part.zip",
      "clip/1.png",
      "clip/2.png",
    ]);
  });

  test("whose images lie in archives that cannot be read in place says so before anything else is fetched", async () => {
    await serve({ "train.jsonl": jsonl({ image: "images/a.png" }), "images.tar.gz": Buffer.from("packed") });
    const failure = fetchData(resolveConfig({ flags: ["data=org/sums"] }));
    await expect(failure).rejects.toThrow(DataError);
    await expect(failure).rejects.toThrow(
      "org/sums: what its rows name lies packed in images.tar.gz: download it, unpack it (unzip, tar -xf) and name the directory by data.images",
    );
    expect(fetched()).toEqual(["train.jsonl"]);
  });

  test("of too many loose images is to be fetched by a tool for that", async () => {
    const names = Array.from({ length: 10_001 }, (_, i) => `images/${i}.png`);
    const { listed } = await serve({ "train.jsonl": jsonl(...names.map((image) => ({ image }))) });
    for (const path of names) listed.push({ path, size: 1, oid: "0".repeat(40) });
    await expect(fetchData(resolveConfig({ flags: ["data=org/sums"] }))).rejects.toThrow(
      "org/sums: expected at most 10000 images and video files beside the tables, got 10001: download the repository",
    );
  });

  test("skips media that are missing, outside of it, or in broken rows", async () => {
    await serve({
      "train.jsonl": Buffer.concat([
        jsonl({ image: "../a.png" }, { image: "/etc/passwd" }, { image: "none.png" }, { image: "a\0.png" }),
        Buffer.from("\n{broken"),
      ]),
      "other/a.png": png,
    });
    const { status, records } = await fovea("data", "check", "org/sums", "--json");
    expect(status).toBe(1);
    expect(records.filter(({ event }) => event === "broken-row")).toHaveLength(5);
    expect(fetched()).toEqual(["train.jsonl"]);
  });

  test("is never asked for what its folder names when it is on this machine", async () => {
    await serve(PUBLISHED);
    const folder = temporaryDirectory();
    mkdirSync(join(folder, "org/sums"), { recursive: true });
    writeFileSync(join(folder, "org/sums/train.jsonl"), jsonl({ image: "images/a.png" }));
    await fetchData(resolveConfig({ flags: [`data=${join(folder, "org/sums")}`] }));
    expect(hub?.requests).toEqual([]);
  });
});
