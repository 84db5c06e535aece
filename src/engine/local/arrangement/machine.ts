/**
 * @module
 * The resources available to this process: a container's CPU quota may be below its visible cores, and its memory below
 * the machine's.
 */
import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { processorName } from "../../../package/index.ts";

/** Bounds of what a process may use. */
export interface Machine {
  /** Cores, of which a quota may leave a part; at least 1. */
  readonly cores: number;
  /** Bytes that can be had without swapping. */
  readonly memory: number;
  /** The processor's model and widest vector instructions. */
  readonly cpu: string;
  /** Processes that wanted a core over the last minute. */
  readonly load: number;
}

/** Describes the machine as this process finds it. */
export function thisMachine(): Machine {
  const quota = Math.floor(processorQuota());
  return {
    cores: Math.max(1, Math.min(availableParallelism(), quota)),
    memory: process.availableMemory(),
    cpu: processorName(),
    load: loadavg()[0] ?? 0,
  };
}

/**
 * Cores that control groups allow, in parts of a core; infinite without a limit. For version 2 the limits of the
 * group and of its parents are read; for version 1 the mounted group's own limit.
 *
 * @param root where control groups are mounted
 * @param membership the file that names this process's group
 */
export function processorQuota(root = "/sys/fs/cgroup", membership = "/proc/self/cgroup"): number {
  const own = /^0::(\/.*)$/m.exec(textOf(membership) ?? "")?.[1] ?? "/";
  const names = own.split("/").filter((name) => name !== "" && name !== "..");
  const groups = names.map((_, i) => join(root, ...names.slice(0, i + 1)));
  const limits = [root, ...groups].map((group) => {
    const [quota, period] = (textOf(join(group, "cpu.max")) ?? "max").trim().split(/\s+/);
    return share(quota, period);
  });
  const older = share(
    textOf(join(root, "cpu", "cpu.cfs_quota_us")),
    textOf(join(root, "cpu", "cpu.cfs_period_us")),
  );
  return Math.min(older, ...limits);
}

/** Microseconds of processor time in a period; no limit where that is "max", −1 or not there. */
function share(quota: string | undefined, period: string | undefined): number {
  const [time, whole] = [Number(quota), Number(period)];
  return time > 0 && whole > 0 ? time / whole : Infinity;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
