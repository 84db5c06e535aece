import { appendFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { filesSchema, openFileSource } from "../../data/index.ts";
import { ConfigError, RunError } from "../../errors/index.ts";
import { encodePng } from "../../model/index.ts";
import { madeRun } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import type { Listed, LiveEvent, MetricsReply, RunSummary } from "../protocol.ts";
import { PAGE_DIRECTORY } from "./page-files.ts";
import { startViewer, type Viewer, type ViewerOptions } from "./viewer-server.ts";

const open: Viewer[] = [];
async function viewer(options: ViewerOptions): Promise<Viewer> {
  const started = await startViewer({ intervalMs: 20, ...options });
  open.push(started);
  return started;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** As a client that may lie: fetch does not let a Host header through. */
function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function runsOf(port: number): Promise<readonly RunSummary[]> {
  return (JSON.parse((await ask(port, "/api/runs")).text) as Listed<RunSummary>).items;
}

beforeAll(() => {
  if (!existsSync(PAGE_DIRECTORY)) throw new Error("the page has not been built: run npm run build");
});

describe("what is served", () => {
  test("the page, with a policy that allows nothing from elsewhere and nothing inline", async () => {
    const { port } = await viewer({ runs: [madeRun()] });
    const { status, headers, text } = await ask(port, "/");
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toContain(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; ",
    );
    expect(headers["content-security-policy"]).not.toContain("'unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    const [script] = /assets\/[^"]+\.js/.exec(text) ?? [];
    expect((await ask(port, `/${script}`)).headers["content-type"]).toContain("text/javascript");
  });

  test("runs of a directory of runs, each with its metrics, rollouts and images", async () => {
    const root = temporaryDirectory();
    madeRun({ path: join(root, "first") });
    madeRun({ path: join(root, "second run"), iterations: 1 });
    const { port } = await viewer({ runs: [root] });
    const list = await runsOf(port);
    expect(list.map(({ id, reached }) => [id, reached])).toEqual([
      ["first", 3],
      ["second run", 1],
    ]);
    const metrics = JSON.parse((await ask(port, "/api/runs/second%20run/metrics")).text) as MetricsReply;
    expect(metrics.events["iteration"]?.x).toEqual([1]);
    expect(JSON.parse((await ask(port, "/api/runs/first/iterations")).text)).toEqual([1, 2, 3]);
    const image = await ask(port, "/api/runs/first/images/0/0.png");
    expect(image.headers["content-type"]).toBe("image/png");
    expect((await ask(port, "/api/runs/first/images/0/1.png?pictures=2")).text).toContain(
      "the problem has 1",
    );
    const invalid = await ask(port, "/api/runs/first/images/0/0.png?pictures=all");
    expect([invalid.status, invalid.text]).toEqual([
      400,
      expect.stringContaining("pictures: expected a whole"),
    ]);
  });

  test("images are kept by the browser only under the version of the run that they are of", async () => {
    const path = madeRun();
    const { port } = await viewer({ runs: [path] });
    const version = async () => (await runsOf(port))[0]?.version ?? "";
    const cached = async (query: string) =>
      (await ask(port, `/api/runs/made/images/0/0.png${query}`)).headers["cache-control"];
    const first = await version();
    expect(first).not.toBe("");
    expect(await cached(`?version=${first}`)).toBe("private, max-age=3600");
    expect(await cached("")).toBe("no-store");
    rmSync(path, { recursive: true });
    madeRun({ path, flags: ["train.seed=7"] });
    expect(await version()).not.toBe(first);
    expect(await cached(`?version=${first}`)).toBe("no-store");
  });

  test("two runs of one name have two ids", async () => {
    const { port } = await viewer({ runs: [madeRun(), madeRun()] });
    const list = await runsOf(port);
    expect(list.map(({ id }) => id)).toEqual(["made", "made~2"]);
  });

  test("markup in a completion goes out as JSON and as nothing else", async () => {
    const hostile = "<img src=x onerror=alert(1)></script>1";
    const { port } = await viewer({ runs: [madeRun({ completions: [[hostile]] })] });
    const { headers, text } = await ask(port, "/api/runs/made/rollouts/1");
    expect(headers["content-type"]).toContain("application/json");
    expect(text).toContain("onerror=alert(1)");
  });

  test("an event for each run that continues", async () => {
    const path = madeRun({ iterations: 1 });
    const { url } = await viewer({ runs: [path] });
    const response = await fetch(`${url}api/live?run=made`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const next = async (): Promise<LiveEvent> => {
      for (let seen = ""; ; ) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`the stream ended: ${seen}`);
        seen += value;
        const data = /data: (.*)\n\n/.exec(seen);
        if (data?.[1] !== undefined) return JSON.parse(data[1]) as LiveEvent;
      }
    };
    expect(await next()).toEqual({
      run: "made",
      reached: 1,
      metricsBytes: expect.any(Number),
      isFinished: false,
      isStopped: false,
      isGone: false,
    });
    madeRun({ path, iterations: 2 });
    const { reached, metricsBytes } = await next();
    expect(reached).toBe(2);
    // An evaluation comes after its iteration, with the same number.
    appendFileSync(join(path, "metrics.jsonl"), '{"event":"evaluation","iteration":2,"accuracy":0.5}\n');
    const evaluated = await next();
    expect(evaluated.reached).toBe(2);
    expect(evaluated.metricsBytes).toBeGreaterThan(metricsBytes);
    writeFileSync(join(path, "end.json"), JSON.stringify({ status: "interrupted", completed: 2 }));
    expect(await next()).toMatchObject({ reached: 2, isStopped: true });
    rmSync(path, { recursive: true });
    expect((await next()).isGone).toBe(true);
    await reader?.cancel();
  });
});

describe("what is refused", () => {
  test.each(["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example"])(
    "host %s: another name may point here",
    async (host) => {
      const { port } = await viewer({ runs: [madeRun()] });
      expect((await ask(port, "/api/runs", { host })).status).toBe(403);
    },
  );

  test("a request that a page of another site makes", async () => {
    const { port } = await viewer({ runs: [madeRun()] });
    expect((await ask(port, "/api/runs", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await ask(port, "/api/runs", { "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  test("any method but GET and HEAD", async () => {
    const { port } = await viewer({ runs: [madeRun()] });
    expect((await ask(port, "/api/runs", {}, "POST")).status).toBe(403);
    expect(await ask(port, "/", {}, "HEAD")).toMatchObject({ status: 200, text: "" });
  });

  test.each([
    "/../package.json",
    "/..%2f..%2fpackage.json",
    "/assets/../../../package.json",
    "/api/runs/..%2f..%2fetc/metrics",
    "/api/runs/made/rollouts/..%2f..%2fconfig.json",
    "/api/runs/made/rollouts/1.5",
    "/api/runs/made/images/..%2f..%2fetc%2fpasswd/0.png",
    "/api/runs/made/images/0/..%2f0.png",
    "/api/runs/%ff/metrics",
    "/api/runs/made/config.json",
  ])("%s: no such address", async (path) => {
    const { port } = await viewer({ runs: [madeRun()] });
    const { status, text } = await ask(port, path);
    expect(status).toBe(404);
    expect(text).toContain("error");
  });

  test.each(["//", "//[", "http://"])("%s: no address at all", async (path) => {
    const { port } = await viewer({ runs: [madeRun()] });
    const { status, text } = await ask(port, path);
    expect([status, JSON.parse(text)]).toEqual([400, { error: `address: expected a path, got "${path}"` }]);
  });

  test("a query that is no number", async () => {
    const { port } = await viewer({ runs: [madeRun()] });
    expect((await ask(port, "/api/runs/made/metrics?points=many")).status).toBe(400);
    expect((await ask(port, "/api/runs/made/rollouts/1?from=-1")).status).toBe(400);
  });

  test("images of a data set outside of the run, unless the run recorded it or it was named", async () => {
    const folder = temporaryDirectory();
    const file = join(folder, "train.jsonl");
    writeFileSync(
      join(folder, "i.png"),
      await encodePng({ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) }),
    );
    writeFileSync(file, `${JSON.stringify({ question: "?", answer: "1", image: "i.png" })}\n`);
    const { fingerprint } = await openFileSource(filesSchema.parse({ path: file }), "train");
    const shown = async (train: string | undefined, data: readonly string[] = []) => {
      const path = madeRun();
      const config = { model: { kind: "small" }, data: { kind: "files", path: file } };
      const record = { version: 1, kind: "train", data: { ...(train !== undefined && { train }) }, config };
      writeFileSync(join(path, "config.json"), JSON.stringify(record));
      const { port } = await viewer({ runs: [path], data });
      return ask(port, "/api/runs/made/images/0/0.png");
    };
    expect(await shown(fingerprint)).toMatchObject({ status: 200 });
    expect((await shown(undefined)).text).toContain("name its directory with --data");
    expect(await shown(undefined, [folder])).toMatchObject({ status: 200 });
    // A run directory from elsewhere knows the path, and not the content.
    const guessed = await shown(fingerprint.replace(/content=.*/, "content=0"), [folder]);
    expect(guessed.text).toContain("not the one that the run was trained on");
  });

  test("a path that is no directory, and a port that is taken", async () => {
    await expect(startViewer({ runs: [join(temporaryDirectory(), "nothing")] })).rejects.toThrow(ConfigError);
    const { port } = await viewer({ runs: [madeRun()] });
    await expect(startViewer({ runs: [madeRun()], port })).rejects.toThrow(RunError);
    const none = startViewer({ runs: [madeRun()], port: 80_000 });
    await expect(none).rejects.toThrow("port: expected a whole number from 0 to 65535, got 80000");
  });
});
