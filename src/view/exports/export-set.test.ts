import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { madeRun } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import type { Listed, ModelExport, RunSummary } from "../protocol.ts";
import { PAGE_DIRECTORY } from "../server/page-files.ts";
import { startViewer, type Viewer } from "../server/viewer-server.ts";

const open: Viewer[] = [];
async function viewer(...runs: readonly string[]): Promise<string> {
  const started = await startViewer({ runs });
  open.push(started);
  return started.url;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

beforeAll(() => {
  if (!existsSync(PAGE_DIRECTORY)) throw new Error("the page has not been built: run npm run build");
});

/** Files of an export whose decoder is the digits 0 to 9, with its manifest as it is given. */
function madeExport(path: string, changes: Readonly<Record<string, unknown>> = {}): string {
  mkdirSync(path, { recursive: true });
  const graph = (file: string, data: readonly string[] = []) => ({ file, data, inputs: [], outputs: [] });
  const models = {
    vision: graph("vision.onnx"),
    embedding: graph("embedding.onnx"),
    decoder: graph("decoder.onnx", ["decoder.onnx.data"]),
  };
  writeFileSync(
    join(path, "onnx.json"),
    JSON.stringify({ format: "fovea-onnx", version: 1, models, ...changes }),
  );
  for (const name of ["vision.onnx", "embedding.onnx", "decoder.onnx.data", "secret.txt", "config.json"]) {
    writeFileSync(join(path, name), "{}");
  }
  writeFileSync(join(path, "decoder.onnx"), "0123456789");
  return path;
}

async function listed<T>(url: string, path: string): Promise<readonly T[]> {
  return ((await (await fetch(url + path)).json()) as Listed<T>).items;
}
const list = (url: string) => listed<ModelExport>(url, "api/exports");
const runs = async (url: string) => (await listed<RunSummary>(url, "api/runs")).map(({ id }) => id);
const file = (url: string, id: string, name: string, headers: Record<string, string> = {}) =>
  fetch(`${url}api/exports/${encodeURIComponent(id)}/${name}`, { headers });

describe("which exports are found", () => {
  test("those inside runs, those given, and those directly inside what is given; none of them is a run", async () => {
    const root = temporaryDirectory();
    madeRun({ path: join(root, "first"), flags: ["prompt.format=think-answer", "prompt.system=Be brief."] });
    madeExport(join(root, "first", "onnx"));
    madeExport(join(root, "apart"));
    const alone = madeExport(join(temporaryDirectory(), "alone"));
    const url = await viewer(root, alone);
    const found = await list(url);
    expect(found.map(({ id, run }) => [id, run])).toEqual([
      ["first/onnx", "first"],
      ["apart", null],
      ["alone", null],
    ]);
    expect(await runs(url)).toEqual(["first"]);
    expect(found[0]).toMatchObject({ problem: null, bytes: 16, system: "Be brief.", maxTokens: 3 });
    expect(found[0]?.suffix).toContain("<think>");
    expect(found[0]?.files).toEqual([
      "onnx.json",
      "config.json",
      "vision.onnx",
      "embedding.onnx",
      "decoder.onnx",
      "decoder.onnx.data",
    ]);
    expect(found[1]).toMatchObject({ system: null, suffix: "", maxTokens: null });
  });

  test("one inside a run that is given by itself; a directory of nothing but exports has no run", async () => {
    const path = madeRun();
    madeExport(join(path, "for-the-web"));
    const url = await viewer(path);
    expect((await list(url)).map(({ id }) => id)).toEqual(["made/for-the-web"]);
    expect(await runs(url)).toEqual(["made"]);
    const exports = temporaryDirectory();
    madeExport(join(exports, "one"));
    expect(await runs(await viewer(exports))).toEqual([]);
  });

  test("one of another version, cut off, or without a graph says so", async () => {
    const root = temporaryDirectory();
    madeExport(join(root, "later"), { version: 2 });
    madeExport(join(root, "nameless"), { models: {} });
    madeExport(join(root, "outside"), {
      models: Object.fromEntries(
        ["vision", "embedding", "decoder"].map((name) => [name, { file: "gone.onnx", data: [] }]),
      ),
    });
    mkdirSync(join(root, "cut"));
    writeFileSync(join(root, "cut", "onnx.json"), '{"format":');
    const problems = (await list(await viewer(root))).map(({ id, problem }) => [id, problem]);
    expect(problems).toEqual([
      ["cut", expect.stringContaining("export the model again")],
      ["later", expect.stringContaining("export the model again")],
      ["nameless", expect.stringContaining("names no graphs")],
      ["outside", "gone.onnx is not there"],
    ]);
  });
});

describe("its files", () => {
  test("are sent whole or in the range that is asked for", async () => {
    const url = await viewer(madeExport(join(temporaryDirectory(), "one")));
    const whole = await file(url, "one", "decoder.onnx");
    expect(await whole.text()).toBe("0123456789");
    expect(whole.headers.get("accept-ranges")).toBe("bytes");
    expect(whole.headers.get("content-type")).toBe("application/octet-stream");
    expect(whole.headers.get("content-security-policy")).toContain("default-src 'none'");
    for (const [range, text, content] of [
      ["bytes=2-4", "234", "bytes 2-4/10"],
      ["bytes=7-", "789", "bytes 7-9/10"],
      ["bytes=-3", "789", "bytes 7-9/10"],
      ["bytes=8-99", "89", "bytes 8-9/10"],
    ] as const) {
      const part = await file(url, "one", "decoder.onnx", { range });
      expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
        206,
        text,
        content,
      ]);
    }
    expect((await file(url, "one", "decoder.onnx", { range: "bytes=10-" })).status).toBe(416);
    expect((await file(url, "one", "onnx.json")).headers.get("content-type")).toContain("application/json");
    const head = await fetch(`${url}api/exports/one/decoder.onnx`, { method: "HEAD" });
    expect([head.headers.get("content-length"), await head.text()]).toEqual(["10", ""]);
  });

  test.each([
    ["one", "secret.txt"],
    ["one", "..%2fsecret"],
    ["one", "..%2f..%2fetc%2fpasswd"],
    ["one", "tokenizer.json"],
    ["one", "%ff"],
    ["..", "decoder.onnx"],
    ["two", "decoder.onnx"],
  ])("%s/%s is none of them", async (id, name) => {
    const url = await viewer(madeExport(join(temporaryDirectory(), "one")));
    expect((await file(url, id, name)).status).toBe(404);
  });

  test("are no others because a manifest names them, and none that a link leads out to", async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, "outside.txt"), "outside");
    const graph = (name: string) => ({ file: name, data: [] });
    const path = madeExport(join(root, "one"), {
      models: {
        vision: graph("../outside.txt"),
        embedding: graph("/etc/passwd"),
        decoder: graph("link.onnx"),
      },
    });
    symlinkSync(join(root, "outside.txt"), join(path, "link.onnx"));
    const url = await viewer(path);
    for (const name of ["..%2foutside.txt", "%2fetc%2fpasswd", "link.onnx"]) {
      const reply = await file(url, "one", name);
      expect([name, reply.status]).toEqual([name, 404]);
      expect(await reply.text()).not.toContain("outside\n");
    }
    expect((await list(url))[0]?.problem).toMatch(/leads out of|is not there/);
  });
});

test("WebAssembly is sent compressed to clients that accept it, and unpacked to others", async () => {
  const url = await viewer(madeRun());
  const page = await (await fetch(url)).text();
  const [script = ""] = /assets\/index[^"]+\.js/.exec(page) ?? [];
  const code = await (await fetch(url + script)).text();
  const [worker = ""] = /answer-worker-[^"'`]+\.js/.exec(code) ?? [];
  const [name = ""] =
    /ort-wasm-simd-threaded-[\w-]+\.wasm/.exec(await (await fetch(`${url}assets/${worker}`)).text()) ?? [];
  const packed = await fetch(`${url}assets/${name}`, { headers: { "accept-encoding": "br" } });
  expect(packed.headers.get("content-type")).toBe("application/wasm");
  expect(packed.headers.get("content-encoding")).toBe("br");
  const plain = await fetch(`${url}assets/${name}`, { headers: { "accept-encoding": "identity" } });
  expect(plain.headers.get("content-encoding")).toBeNull();
  const bytes = new Uint8Array(await plain.arrayBuffer());
  expect([...bytes.slice(0, 4)]).toEqual([0, 0x61, 0x73, 0x6d]);
  // fetch has unpacked it; matchers would take minutes over so many bytes
  expect(Buffer.compare(new Uint8Array(await packed.arrayBuffer()), bytes)).toBe(0);
});

test("of many exports the newest are listed, and a named one is served however old it is", async () => {
  const root = temporaryDirectory();
  for (let i = 0; i < 102; i++) {
    const path = madeExport(join(root, `e${i}`));
    utimesSync(join(path, "onnx.json"), 2_000_000 - i, 2_000_000 - i);
  }
  const url = await viewer(root);
  const { items, older } = (await (await fetch(`${url}api/exports`)).json()) as Listed<ModelExport>;
  expect([items.length, older]).toEqual([100, 2]);
  expect(items.some(({ id }) => id === "e100")).toBe(false);
  const named = (await (await fetch(`${url}api/exports?named=e100`)).json()) as Listed<ModelExport>;
  expect(named.items.some(({ id }) => id === "e100")).toBe(true);
  expect((await file(url, "e101", "onnx.json")).status).toBe(200);
});
