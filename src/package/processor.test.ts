import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { arithmeticOf, processorName } from "./index.ts";

const model = cpus()[0]?.model ?? "unknown";

test.each([
  ["fpu sse2 avx avx2 avx512f", `${model}, AVX-512`],
  ["fpu sse2 avx avx2", `${model}, AVX2`],
  ["fpu sse2", model],
])("a processor with the flags %s has the name %s", (flags, name) => {
  const file = join(temporaryDirectory(), "cpuinfo");
  writeFileSync(
    file,
    `processor\t: 0\nflags\t\t: ${flags}\nbugs\t\t:\n\nprocessor\t: 1\nflags\t\t: ${flags}\n`,
  );
  expect(processorName(file)).toBe(name);
});

test("its model alone is the name where the system lists no flags", () => {
  expect(processorName("/nowhere/cpuinfo")).toBe(model);
});

test.each([
  ["AMD EPYC, AVX-512", "AVX-512"],
  ["Intel(R) Xeon(R) Processor, AVX-512", "AVX-512"],
  ["AMD EPYC, AVX2", "AVX2"],
  ["Neoverse-N1", "Neoverse-N1"],
])("%s computes as %s", (name, arithmetic) => {
  expect(arithmeticOf(name)).toBe(arithmetic);
});
