/**
 * @module
 * Videos that the ffmpeg of this machine makes, one of each kind in `fixtures/videos/videos.json`, for the
 * tests that need it.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** How a video is made, and its content. */
interface VideoRecipe {
  readonly name: string;
  /** ffmpeg's arguments before the output's name; `@name` is a video made before. */
  readonly make?: readonly string[];
  /** The video of which this is the first six tenths of the bytes. */
  readonly cut?: string;
  /** The mp4 of which this is a quarter turn to the right, as telephones video. */
  readonly turned?: string;
}

export interface ReadableVideo extends VideoRecipe {
  readonly frames: number;
  /** Frames a second, as a fraction. */
  readonly rate: string;
  /** Width and height; 160 x 120 unless given. */
  readonly size?: readonly [width: number, height: number];
  /** A video whose frames these are, over and over. */
  readonly repeats?: string;
}

export interface BrokenVideo extends VideoRecipe {
  /** The expected error message. */
  readonly error: string;
}

const fixture = fileURLToPath(new URL("../../fixtures/videos/videos.json", import.meta.url));
export const VIDEOS: readonly (ReadableVideo | BrokenVideo)[] = JSON.parse(readFileSync(fixture, "utf8"));

/** The program: the one that FFMPEG names, else the one on the path. */
export const FFMPEG: string = process.env["FFMPEG"] ?? "ffmpeg";

/** Makes all videos in a folder. Fails where there is no ffmpeg, or one that lacks an encoder. */
export async function makeVideos(folder: string): Promise<void> {
  for (const { name, make, cut, turned } of VIDEOS) {
    const path = join(folder, name);
    if (cut !== undefined) {
      const whole = readFileSync(join(folder, cut));
      writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
    } else if (turned !== undefined) {
      writeFileSync(path, quarterTurn(readFileSync(join(folder, turned))));
    } else {
      const args = (make ?? []).map((argument) => argument.replaceAll("@", `${folder}/`));
      await ffmpeg(["-y", ...args, path]);
    }
  }
}

/** An mp4 with another matrix in its track header (ISO/IEC 14496-12, 8.3.2); ffmpeg's own option for it is another each few versions. */
function quarterTurn(mp4: Buffer): Buffer {
  const matrix = mp4.indexOf("tkhd") + 44;
  for (const [i, value] of [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000].entries())
    mp4.writeInt32BE(value, matrix + 4 * i);
  return mp4;
}

/** Every frame of a video as bytes, red, green and blue, none left out and none shown twice. */
export async function allFrames(path: string): Promise<Buffer> {
  return ffmpeg([
    "-i",
    path,
    "-map",
    "0:V:0",
    "-fps_mode",
    "passthrough",
    "-pix_fmt",
    "rgb24",
    "-f",
    "rawvideo",
    "-",
  ]);
}

async function ffmpeg(args: readonly string[]): Promise<Buffer> {
  try {
    const { stdout } = await promisify(execFile)(FFMPEG, ["-nostdin", "-v", "error", ...args], {
      encoding: "buffer",
      maxBuffer: 2 ** 30,
    });
    return stdout;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT")
      throw new Error(
        `no ${FFMPEG}: these tests need one that can encode; install it (apt-get install ffmpeg), or set FFMPEG to its path`,
      );
    throw cause;
  }
}
