import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const OUTPUT = join(import.meta.dirname, "../dist/viewer");
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
const PARAMS = { [BROTLI_PARAM_QUALITY]: 9, [BROTLI_PARAM_LGWIN]: 24 };

/** Files below a directory whose names end so; none where there is no such directory. */
function filesIn(directory: string, ending: string): string[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(directory, name));
}

/**
 * onnxruntime's WebAssembly is 14 MB, compressed 2.7 MB: it is shipped compressed, and sent so to clients that accept
 * it. A higher quality takes half a minute and makes it 13 % smaller. The compressed file of an earlier build is kept
 * while its content is the same: remove `dist/viewer` after a change of `PARAMS`.
 */
function compressWebAssembly(): Plugin {
  const former = new Map<string, Buffer>();
  return {
    name: "compress-web-assembly",
    buildStart() {
      for (const path of filesIn(OUTPUT, ".wasm.br")) former.set(path, readFileSync(path));
    },
    writeBundle() {
      for (const path of filesIn(OUTPUT, ".wasm")) {
        const file = readFileSync(path);
        const packed = former.get(`${path}.br`);
        const isSame = packed !== undefined && brotliDecompressSync(packed).equals(file);
        writeFileSync(`${path}.br`, isSame ? packed : brotliCompressSync(file, { params: PARAMS }));
        rmSync(path);
      }
    },
  };
}

/** The page shares files with programs; one that opens files must not be among them. */
function refuseNode(): Plugin {
  return {
    name: "refuse-node",
    enforce: "pre",
    resolveId(source, importer) {
      if (source.startsWith("node:")) this.error(`${importer} imports ${source}, which browsers do not have`);
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [refuseNode(), compressWebAssembly()],
  worker: { format: "es", plugins: () => [refuseNode()] },
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Nothing inline: the page's content policy allows files of this server only.
    assetsInlineLimit: 0,
  },
});
