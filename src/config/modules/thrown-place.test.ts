import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, freshPath, TINY_FLAGS } from "../../testing/tiny-run.ts";
import { resolveConfig } from "../resolve-config.ts";
import { runTraining } from "../run.ts";

const FAILING = `interface Own { readonly text: string }
/** Two lines of types,
 * and of comments, which are not there when it runs. */
const lengthOf = (own: Own): number => {
  return own.text.length;
};
`;

/** The flags of a tiny run except for its parts. */
const OTHER_FLAGS = TINY_FLAGS.filter((flag) => !/^(?:data|credit|reward)[.=]/.test(flag));

async function failure(part: string, flags: (file: string) => readonly string[]) {
  const file = join(temporaryDirectory(), "bad.ts");
  writeFileSync(file, `${FAILING}${part}\n`);
  const error: unknown = await runTraining({
    config: resolveConfig({ flags: [...OTHER_FLAGS, ...flags(file)] }),
    runDirectory: freshPath(),
    openEngine: async () => digitsFakeEngine(),
  }).catch((one: unknown) => one);
  return { file, message: (error as Error).message };
}

test.each<[name: string, part: string, flags: (file: string) => readonly string[]]>([
  [
    "reward",
    "export const own = { create: () => (answered: readonly Own[]) => answered.map(() => lengthOf({} as Own)) };",
    (file) => [`reward=[accuracy, {module: ${file}}]`],
  ],
  [
    "async reward",
    "export const own = { create: () => async () => { await 0; return [lengthOf({} as Own)]; } };",
    (file) => [`reward=[accuracy, {module: ${file}}]`],
  ],
  [
    "credit method",
    "export const own = { create: () => ({ needs: {}, credit: () => [lengthOf({} as Own)] }) };",
    (file) => [`credit={module: ${file}}`],
  ],
  [
    "verdict",
    'export const own = { create: () => ({ name: "own", judge: () => lengthOf({} as Own) }) };',
    (file) => [`verdict={module: ${file}}`],
  ],
  [
    "task",
    'export const own = { create: () => ({ name: "own", train: { fingerprint: "f", size: 9, problem: () => lengthOf({} as Own) } }) };',
    (file) => [`data={kind: module, module: ${file}}`],
  ],
  [
    "part that cannot be made",
    "export const own = { create: () => lengthOf({} as Own) };",
    (file) => [`reward=[accuracy, {module: ${file}}]`],
  ],
])("a %s that throws names file, line and column of its code", async (_, part, flags) => {
  const { file, message } = await failure(part, flags);
  expect(message).toMatch(/Cannot read properties of undefined \(reading 'length'\)/);
  expect(message).toContain(`, at ${file}:5:19`);
});
