/**
 * @module
 * The processor's name, as far as numbers depend on it.
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** Vector instructions by which onnxruntime chooses its kernels, the widest first, by their flag. */
const VECTORS = [
  ["avx512f", "AVX-512"],
  ["avx2", "AVX2"],
] as const;

/**
 * The processor and its widest vector instructions: "AMD EPYC, AVX-512". Machines of one model name may differ in these,
 * and then a run has other bits. Only the model where the system does not list the instructions.
 *
 * @param cpuinfo the file in which Linux lists them
 */
export function processorName(cpuinfo = "/proc/cpuinfo"): string {
  const model = cpus()[0]?.model ?? "unknown";
  const flags = flagsIn(cpuinfo);
  const vectors = VECTORS.find(([flag]) => flags.has(flag))?.[1];
  return vectors === undefined ? model : `${model}, ${vectors}`;
}

/**
 * The part of a processor's name by which numbers differ: its vector instructions, else its model. Processors of two makers
 * with the same vector instructions have given the same bits.
 */
export function arithmeticOf(processor: string): string {
  return VECTORS.find(([, name]) => processor.endsWith(`, ${name}`))?.[1] ?? processor;
}

function flagsIn(cpuinfo: string): ReadonlySet<string> {
  try {
    return new Set(/^flags\s*:(.*)$/m.exec(readFileSync(cpuinfo, "utf8"))?.[1]?.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}
