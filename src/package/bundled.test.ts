import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Dependencies with native parts, which no bundler takes in. */
const NATIVE = ["onnxruntime-node", "sharp", "libsql", "jiti"];

const PROGRAM = `
import { createLocalEngine } from "fovea/engine";
import { freshSmallModel } from "fovea/config";
import { digitsTask } from "fovea/data/digits";
import { startTinkerServer, configuredModel } from "fovea/serve";
const engine = await createLocalEngine({ model: freshSmallModel(0), threads: 1 });
const prompt = { chunks: [{ kind: "text", tokens: Int32Array.of(1, 2) }] };
const [score] = await engine.score([{ prompt, completion: Int32Array.of(3, 4) }]);
await engine.close();
console.log(JSON.stringify({ logprobs: [...score.logprobs], names: [digitsTask, startTinkerServer, configuredModel].length }));
`;

test("a program that was bundled into one file finds the engine's worker and the assets of the installed package", async () => {
  const folder = temporaryDirectory();
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  symlinkSync(root, join(modules, "fovea"));
  for (const name of NATIVE) symlinkSync(join(root, "node_modules", name), join(modules, name));
  const entry = join(folder, "program.mjs");
  writeFileSync(entry, PROGRAM);
  await build({
    configFile: false,
    root: folder,
    logLevel: "silent",
    ssr: { noExternal: true, external: NATIVE },
    build: {
      ssr: entry,
      outDir: join(folder, "bundle"),
      minify: false,
      rolldownOptions: { output: { entryFileNames: "program.mjs", codeSplitting: false } },
    },
  });
  const printed = execFileSync(process.execPath, [join(folder, "bundle", "program.mjs")], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { logprobs } = JSON.parse(printed) as { logprobs: number[] };
  expect(logprobs).toHaveLength(2);
  expect(logprobs.every((value) => value < 0)).toBe(true);
}, 120_000);
