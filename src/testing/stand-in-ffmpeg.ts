/**
 * @module
 * A program that replaces ffmpeg, so that tests do not need it.
 */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The video that it sees in every file. */
interface StandIn {
  readonly frames?: number;
  readonly timeBase?: string;
  /** "width x height" without blanks. */
  readonly size?: string;
  /** JavaScript that runs first. */
  readonly body?: string;
}

/** A program that answers as ffmpeg 9.0.2 does, and keeps in `<path>.log` what it was asked; every byte of frame n is n. */
export function standInFfmpeg(
  folder: string,
  name: string,
  { frames = 50, timeBase = "1/25", size = "4x2", body = "" }: StandIn = {},
): string {
  const [width, height] = size.split("x").map(Number) as [number, number];
  const path = join(folder, name);
  writeFileSync(
    path,
    `#!/usr/bin/env node
const args = process.argv.slice(2);
require("fs").appendFileSync(${JSON.stringify(`${path}.log`)}, JSON.stringify(args) + "\\n");
${body}
if (args.includes("framecrc")) {
  const lines = Array.from({ length: ${frames} }, (_, n) => "0, " + [n, n, 1, ${width * height * 3}].join(", ") + ", 0xe4eec8e4");
  process.stdout.write(["#software: Lavf63.1.102", "#tb 0: ${timeBase}", "#media_type 0: video", "#codec_id 0: rawvideo", "#dimensions 0: ${size}", "#sar 0: 1/1", ...lines, ""].join("\\n"));
} else {
  const chosen = args[args.indexOf("-vf") + 1].match(/(?<=eq\\(n,)\\d+/g).map(Number);
  process.stdout.write(Buffer.concat(chosen.map((n) => Buffer.alloc(${width * height * 3}, n))));
}
`,
  );
  chmodSync(path, 0o755);
  return path;
}
