/**
 * @module
 * Video files to frames, by the ffmpeg that is installed: a first pass counts frames and times them, a second one
 * hands over those that are shown. Nothing but plain video containers is opened, and no other file or address.
 */
import { spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { DataError } from "../../errors/index.ts";
import { decodeImage } from "./decode.ts";
import { type FilmLength, type FrameRequest, sampledFps, sampleFrames } from "./frame-sampling.ts";
import type { RgbImage } from "./rgb-image.ts";
import type { VideoClip } from "./video-clip.ts";

/** Containers that hold their own frames; playlists, which name other files, are not among them. */
const CONTAINERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,gif";
const DEFAULT_MAX_BYTES = 2 ** 31;
const DEFAULT_TIMEOUT_SECONDS = 600;
/** One line a frame; a film of ten hours at 60 a second stays below. */
const MAX_LIST_BYTES = 2 ** 28;

export interface ReadVideoOptions {
  /** Which frames are shown: two a second unless given, as qwen-vl-utils does. */
  readonly frames?: FrameRequest;
  /** The program; `ffmpeg` on the path unless given. Version 5.1 or later. */
  readonly ffmpeg?: string;
  /** Refuse films whose chosen frames take more bytes; 2 GiB unless given. */
  readonly maxBytes?: number;
  /** Give up after so many seconds a pass; 600 unless given. */
  readonly timeoutSeconds?: number;
  /** Name for messages; the path unless given. */
  readonly where?: string;
}

interface Film extends FilmLength {
  readonly width: number;
  readonly height: number;
}

/**
 * The chosen frames of a video file.
 *
 * @throws DataError with the path: missing, no plain file, no video, too short, too large, too slow; or no ffmpeg
 */
export async function readVideo(path: string, options: ReadVideoOptions = {}): Promise<VideoClip> {
  const { frames: request = { fps: 2 }, maxBytes = DEFAULT_MAX_BYTES } = options;
  try {
    if (!(await stat(path)).isFile()) throw new Error("not a plain file");
    const input = ["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS];
    input.push("-i", `file:${resolve(path)}`, "-map", "0:v:0", "-fps_mode", "passthrough");
    const list = await run([...input, "-f", "framecrc", "pipe:1"], MAX_LIST_BYTES, options);
    const film = parseFrameList(list.toString("latin1"));
    const chosen = sampleFrames(film, request);
    const { width, height } = film;
    const size = width * height * 3;
    if (size * chosen.length > maxBytes) {
      throw new Error(
        `expected at most ${maxBytes} bytes, got ${chosen.length} frames of ${width} x ${height}: ask for fewer frames`,
      );
    }
    const select = `select=${chosen.map((index) => `eq(n\\,${index})`).join("+")}`;
    const output = ["-vf", select, "-frames:v", String(chosen.length), "-pix_fmt", "rgb24"];
    const pixels = await run(
      [...input, ...output, "-f", "rawvideo", "pipe:1"],
      size * chosen.length,
      options,
    );
    if (pixels.length !== size * chosen.length) {
      throw new Error(`expected ${chosen.length} frames of ${size} bytes, got ${pixels.length} bytes`);
    }
    const frames = chosen.map(
      (_, i): RgbImage => ({
        width,
        height,
        data: new Uint8Array(pixels.subarray(i * size, (i + 1) * size)),
      }),
    );
    return { frames, fps: sampledFps(film, chosen.length) };
  } catch (cause) {
    throw new DataError(`${options.where ?? path}: cannot be read as a video: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/**
 * A video that lies on disk as images, one a frame; all of them are shown.
 *
 * @param fps frames per second of film among these images
 * @throws DataError naming the image that cannot be read
 */
export async function readFrames(sources: readonly (string | Uint8Array)[], fps: number): Promise<VideoClip> {
  const frames: RgbImage[] = [];
  for (const [i, source] of sources.entries()) {
    frames.push(await decodeImage(source, typeof source === "string" ? {} : { where: `frame ${i}` }));
  }
  return { frames, fps };
}

/** Reads ffmpeg's framecrc list: comments with time base and size, then a line a frame with its time. */
function parseFrameList(text: string): Film {
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(text) ?? [];
  const [, width, height] = /^#dimensions 0: (\d+)x(\d+)$/m.exec(text) ?? [];
  const lines = text.split("\n").filter((line) => /^\s*0,/.test(line));
  const [first, last] = [lines[0], lines.at(-1)].map((line) => line?.split(",").map(Number));
  if (first === undefined || last === undefined) throw new Error("it has no frames");
  const time = (fields: readonly number[]) => (fields[2]! * Number(numerator)) / Number(denominator);
  const duration = (first[3]! * Number(numerator)) / Number(denominator);
  const between = (time(last) - time(first)) / Math.max(1, lines.length - 1);
  const film = {
    totalFrames: lines.length,
    fps: 1 / (lines.length > 1 ? between : duration),
    width: Number(width),
    height: Number(height),
  };
  if (!(film.width > 0 && film.height > 0 && film.fps > 0 && Number.isFinite(film.fps))) {
    throw new Error(`expected size and times, got ${film.width} x ${film.height} at ${film.fps} fps`);
  }
  return film;
}

/** What ffmpeg writes, at most `limit` bytes of it. */
function run(args: readonly string[], limit: number, options: ReadVideoOptions): Promise<Buffer> {
  const { ffmpeg = "ffmpeg", timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  return new Promise((done, fail) => {
    const child = spawn(ffmpeg, ["-nostdin", "-v", "error", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutSeconds * 1000,
      killSignal: "SIGKILL",
    });
    const parts: Buffer[] = [];
    let bytes = 0;
    let complaint = "";
    child.stdout.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes > limit) child.kill("SIGKILL");
      else parts.push(part);
    });
    child.stderr.on("data", (part: Buffer) => {
      complaint = (complaint + part.toString()).slice(0, 2000);
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      fail(
        missing ? new Error(`${ffmpeg} is not installed; install it, or give the frames as images`) : error,
      );
    });
    child.on("close", (code, signal) => {
      if (bytes > limit) fail(new Error(`${ffmpeg} wrote more than ${limit} bytes`));
      else if (signal !== null) fail(new Error(`${ffmpeg} did not end within ${timeoutSeconds} s`));
      else if (code !== 0) fail(new Error(complaint.split("\n")[0] || `${ffmpeg} ended with ${code}`));
      else done(Buffer.concat(parts));
    });
  });
}
