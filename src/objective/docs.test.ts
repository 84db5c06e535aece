import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { algorithmSchema } from "./registry.ts";

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const shared = read("objectives.md");
const SECTIONS =
  "Idea, Source, Equations, Worked numbers, Where in the code, Options, Logged metrics, Departures, Parity".split(
    ", ",
  );

describe("every objective has its page", () => {
  test.each(algorithmSchema.options.map(({ shape }) => [shape.kind.value, shape] as const))(
    "%s: the fixed sections, and every option",
    (kind, shape) => {
      const page = read(`methods/${kind}.md`);
      const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual(SECTIONS);
      for (const option of Object.keys(shape).filter((name) => name !== "kind")) {
        expect(page.includes(`\`${option}\``) || shared.includes(`\`${option}\``), option).toBe(true);
      }
      expect(shared).toContain(`methods/${kind}.md`);
    },
  );
});
