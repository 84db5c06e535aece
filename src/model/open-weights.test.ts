import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ModelError } from "../errors/index.ts";
import { checkpointDirectory } from "../testing/model-fixtures.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { graphsOf } from "./architectures/graphs.ts";
import { readConfig } from "./directory.ts";
import { openWeights } from "./open-weights.ts";

test("a parameter of another element type is refused before numbers are read", () => {
  const source = checkpointDirectory("tied-gqa");
  const { names } = graphsOf(readConfig(source));
  const bytes = readFileSync(join(source, "model.safetensors"));
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<string, { dtype: string }>;
  header["model.norm.weight"]!.dtype = "I32";
  bytes.write(JSON.stringify(header).padEnd(length, " "), 8);
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "model.safetensors"), bytes);
  expect(() => openWeights(directory, names)).toThrow(
    new ModelError(`${directory}: tensor model.norm.weight: expected F32, F16 or BF16, got I32`),
  );
});
