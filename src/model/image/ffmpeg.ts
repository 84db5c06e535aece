/**
 * @module
 * ffmpeg as a program whose output is read, and the meaning of its error messages.
 */
import { spawn } from "node:child_process";

/**
 * Messages of ffmpeg when part of a video is missing or broken and it continues: the end of a file, a frame that it
 * patched. Messages about faults that change no picture are not among them.
 */
const DAMAGE =
  /ended prematurely|partial file|corrupt (?:input packet|decoded frame)|damaged at|error while decoding|decode failed/i;
const MAX_COMPLAINT = 2000;

export interface FfmpegOptions {
  /** The program; `ffmpeg` on the path unless given. */
  readonly ffmpeg?: string;
  /** Give up after so many seconds; 600 unless given. */
  readonly timeoutSeconds?: number;
}

/**
 * Passes ffmpeg's output on, part by part.
 *
 * @param take gets each part; what it throws ends the program
 * @throws Error when ffmpeg is missing, takes too long, fails, or finds the video damaged
 */
export function runFfmpeg(
  args: readonly string[],
  take: (part: Uint8Array) => void,
  { ffmpeg = "ffmpeg", timeoutSeconds = 600 }: FfmpegOptions,
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(ffmpeg, ["-nostdin", "-v", "error", "-xerror", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutSeconds * 1000,
      killSignal: "SIGKILL",
    });
    let refusal: Error | undefined;
    let complaint = "";
    let damage: string | undefined;
    child.stdout.on("data", (part: Buffer) => {
      if (refusal !== undefined) return;
      try {
        take(part);
      } catch (error) {
        refusal = error as Error;
        child.kill("SIGKILL");
      }
    });
    child.stderr.on("data", (part: Buffer) => {
      const text = part.toString();
      complaint = (complaint + text).slice(0, MAX_COMPLAINT);
      damage ??= text.split("\n").find((line) => DAMAGE.test(line));
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      const missing = error.code === "ENOENT";
      fail(
        missing ? new Error(`${ffmpeg} is not installed; install it, or give the frames as images`) : error,
      );
    });
    child.on("close", (code, signal) => {
      if (refusal !== undefined) fail(refusal);
      else if (signal !== null) fail(new Error(`${ffmpeg} did not end within ${timeoutSeconds} s`));
      else if (damage !== undefined) fail(new Error(`it is damaged: ${plain(damage)}`));
      else if (code !== 0) fail(new Error(meaning(complaint) || `${ffmpeg} ended with ${code}`));
      else done();
    });
  });
}

/** A line of ffmpeg's without what speaks, whose address is another each time, and without the video's name. */
function plain(line: string): string {
  return line
    .replace(/^\[[^\]]* @ 0x[0-9a-f]+\] /, "")
    .replace(/^file:.*: /, "")
    .trim();
}

function meaning(complaint: string): string {
  if (/matches no streams/.test(complaint)) return "it has no video";
  const [, formats] = /not on whitelist '([^']*)'/.exec(complaint) ?? [];
  if (formats !== undefined)
    return `expected a video as ${formats.replaceAll(",", ", ")}, got another format`;
  return plain(complaint.split("\n")[0] ?? "");
}
