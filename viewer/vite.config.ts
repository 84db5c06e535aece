import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/**
 * onnxruntime's WebAssembly is 14 MB, compressed 2.7 MB: it is shipped compressed, and sent so to clients that accept
 * it. A higher quality takes half a minute and makes it 13 % smaller.
 */
function compressWebAssembly(): Plugin {
  return {
    name: "compress-web-assembly",
    writeBundle({ dir = "" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!name.endsWith(".wasm")) continue;
        const path = join(dir, name);
        const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
        const params = { [BROTLI_PARAM_QUALITY]: 9, [BROTLI_PARAM_LGWIN]: 24 };
        writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params }));
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
    outDir: "../dist/viewer",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Nothing inline: the page's content policy allows files of this server only.
    assetsInlineLimit: 0,
  },
});
