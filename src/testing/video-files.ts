/**
 * @module
 * A small data set of videos as frames on disk, for which no ffmpeg is needed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plainImage } from "./data-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Writes frames 1.png, 2.png, … of growing grey: frame n has grey 10·n. */
export async function writeFrames(folder: string, count: number, side = 28): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const names = Array.from({ length: count }, (_, i) => `${i + 1}.png`);
  for (const [i, name] of names.entries())
    writeFileSync(join(folder, name), await plainImage(side, 10 * (i + 1)));
  return names;
}

/** Problems about videos of two to five frames; even rows are lists of frames, odd rows are folders. */
export async function writeVideoJsonl(count: number, folder: string = temporaryDirectory()): Promise<string> {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const frames = await writeFrames(join(folder, `clips/${i}`), 2 + (i % 4));
    const video = i % 2 === 0 ? frames.map((name) => `clips/${i}/${name}`) : `clips/${i}`;
    const human = { from: "human", value: "<video>How many discs pass?" };
    const gpt = { from: "gpt", value: `<answer>${7 + (i % 3)}</answer>` };
    lines.push(JSON.stringify({ id: `v${i}`, video, conversations: [human, gpt] }));
  }
  const path = join(folder, "train.jsonl");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}
