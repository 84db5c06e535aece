/**
 * @module
 * Arrangements that a machine allows.
 */
import type { Arrangement, WantedArrangement } from "./arrangement.ts";
import type { Machine } from "./machine.ts";

/**
 * The arrangements to try, fewest replicas first: one thread; all cores in one engine; and each number of replicas
 * that divides the cores, with an equal part of them for each. Numbers that the user gave are kept.
 *
 * @param need bytes that an arrangement needs
 * @returns at least one; arrangements that do not fit in memory are left out, except for the smallest
 */
export function candidates(
  { threads, replicas }: WantedArrangement,
  { cores, memory }: Pick<Machine, "cores" | "memory">,
  need: (arrangement: Arrangement) => number,
): Arrangement[] {
  const possible =
    replicas === "auto"
      ? [
          ...(threads === "auto" ? [{ threads: 1, replicas: 1 }] : []),
          ...divided(threads === "auto" ? cores : threads),
        ]
      : (threads === "auto" ? [replicas, wholeThreads(cores, replicas)] : [threads]).map((count) => ({
          threads: count,
          replicas,
        }));
  const distinct = possible.filter((one, i) => possible.findIndex((other) => isSame(one, other)) === i);
  const [smallest, ...others] = distinct;
  return [smallest!, ...others.filter((one) => one.replicas === smallest!.replicas || need(one) <= memory)];
}

export function isSame(one: Arrangement, other: Arrangement): boolean {
  return one.threads === other.threads && one.replicas === other.replicas;
}

/** The threads in one engine, and in replicas with equally many each. */
function divided(threads: number): Arrangement[] {
  return Array.from({ length: threads }, (_, i) => i + 1)
    .filter((replicas) => threads % replicas === 0)
    .map((replicas) => ({ threads, replicas }));
}

/** The cores as threads, the same number for every replica, at least one. */
function wholeThreads(cores: number, replicas: number): number {
  return Math.max(1, Math.floor(cores / replicas)) * replicas;
}
