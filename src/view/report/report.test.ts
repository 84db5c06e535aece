import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../../cli/program.ts";
import { RunError } from "../../errors/index.ts";
import { encodePng } from "../../model/index.ts";
import { madeRun } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { collectingContext } from "../../testing/tiny-run.ts";
import { writeReport } from "./write-report.ts";

const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(2)</script> | a \`b\` 1`;

async function report(run: string) {
  const { html, markdown } = await writeReport(run, join(temporaryDirectory(), "deep", "report"));
  return { html: readFileSync(html, "utf8"), markdown: readFileSync(markdown, "utf8") };
}

function withEvaluations(run: string): string {
  const evaluation = { event: "evaluation", split: "validation", problems: 200 };
  const lines = [
    { ...evaluation, iteration: 0, accuracy: 0.25, low: 0.19, high: 0.31 },
    { event: "iteration", iteration: 1, reward: 0.25, entropy: 0.5, steps: 1 },
    { event: "iteration", iteration: 2, reward: 0.75, entropy: 0.25, steps: 1 },
    { ...evaluation, iteration: 2, accuracy: 0.5, low: 0.43, high: 0.57 },
  ];
  writeFileSync(join(run, "metrics.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return run;
}

describe("a report", () => {
  test("says how metrics began and ended, and what evaluations found", async () => {
    const { html, markdown } = await report(withEvaluations(madeRun()));
    expect(markdown).toContain("| reward | 0.25 | 0.75 | +0.5 |\n| entropy | 0.5 | 0.25 | −0.25 |");
    expect(markdown).not.toContain("| steps |");
    expect(markdown).toContain("| 2 | 50 % | 43 % – 57 % | 200 |");
    expect(markdown).toContain("grpo · dyco-rl, 2 of 4 iterations.");
    expect(html).toContain('<tr><td>reward</td><td class="number">0.25</td>');
    // Reward, entropy, and accuracy with its interval as a band.
    expect(html.match(/<svg /g)).toHaveLength(3);
    expect(html).toContain("<figcaption>accuracy <b>50 %</b></figcaption>");
  });

  test("has the warnings of the run, equal warnings as one, in both files", async () => {
    const run = withEvaluations(madeRun());
    const lines = [
      { event: "warning", iteration: 2, message: "validation accuracy fell | to 50 %" },
      { event: "reward-failed", iteration: 1, message: "reward <mine>: no score", completions: 3 },
      { event: "reward-failed", iteration: 4, message: "reward <mine>: no score", completions: 1 },
    ];
    appendFileSync(join(run, "metrics.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const { html, markdown } = await report(run);
    expect(markdown).toContain("- iteration 2: validation accuracy fell \\| to 50 %\n");
    expect(markdown).toContain("- iterations 1 to 4, 2 times: reward \\<mine\\>: no score\n");
    expect(html).toContain("<li>iterations 1 to 4, 2 times: reward &lt;mine&gt;: no score</li>");
    expect((await report(withEvaluations(madeRun()))).html).not.toContain("Warnings");
  });

  test("has every evaluation of many as it was, never a mean of several", async () => {
    const run = madeRun();
    const lines = Array.from({ length: 401 }, (_, iteration) =>
      JSON.stringify({
        event: "evaluation",
        iteration,
        accuracy: iteration / 1000,
        low: 0,
        high: 1,
        problems: 8,
      }),
    );
    writeFileSync(join(run, "metrics.jsonl"), `${lines.join("\n")}\n`);
    const { html, markdown } = await report(run);
    expect(markdown.match(/^\| \d+ \| .* % \| 0\.0 % – 100 % \| 8 \|$/gm)).toHaveLength(401);
    expect(markdown).toContain("| 399 | 40 % |");
    expect(html).toContain("<figcaption>accuracy <b>40 %</b></figcaption>");
  });

  test("has every image of a problem", async () => {
    const folder = temporaryDirectory();
    const file = join(folder, "train.jsonl");
    const png = await encodePng({ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) });
    for (const name of ["a.png", "b.png"]) writeFileSync(join(folder, name), png);
    const row = { question: "Which?", answer: "1", images: ["a.png", "b.png"] };
    writeFileSync(file, `${JSON.stringify(row)}\n`);
    const run = madeRun({ iterations: 1, completions: [["a1", "b2"]] });
    const config = { model: { kind: "small" }, data: { kind: "files", path: file } };
    writeFileSync(join(run, "config.json"), JSON.stringify({ version: 1, kind: "train", config, data: {} }));
    const rollouts = join(run, "rollouts", "000001.jsonl");
    const recorded = readFileSync(rollouts, "utf8").replaceAll('"index":0', '"index":0,"pictures":3');
    writeFileSync(rollouts, recorded);
    const { html, missingImages } = await writeReport(run, join(temporaryDirectory(), "report"), [folder]);
    expect(readFileSync(html, "utf8").match(/<img /g)).toHaveLength(2);
    expect(missingImages).toEqual(["image 2: the problem has 2"]);
  });

  test("is one file: no script, no address, a policy that forbids both, and images inside", async () => {
    const { html } = await report(madeRun());
    expect(html).not.toMatch(/<script|<link|https?:|@import|url\(/);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
    expect(html).toMatch(/<img alt="" src="data:image\/png;base64,[A-Za-z0-9+/=]{100,}">/);
  });

  test("shows tokens as the viewer does: weight, sign of the advantage, role", async () => {
    const { html } = await report(madeRun({ iterations: 1, completions: [["a1", "b2"]] }));
    expect(html).toContain('<span class="visual" style="background:rgb(var(--plus) / 0.050)">a</span>');
    expect(html).toContain('<span class="text" style="background:rgb(var(--minus) / 0.720)">2</span>');
  });

  test("shows markup as text, in HTML and in Markdown", async () => {
    const { html, markdown } = await report(madeRun({ iterations: 1, completions: [[HOSTILE, "b2"]] }));
    expect(html).not.toMatch(/<img src=x|<script/);
    expect(html).toMatch(/<span class="text" style="background:rgb\([^"]+\)">&gt;<\/span>/);
    expect(markdown).not.toMatch(/[^\\]<(img|script)/);
    const row = markdown.split("\n").find((line) => line.includes("onerror"));
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(5);
  });

  test("of a run without metrics or rollouts has its configuration still", async () => {
    const run = madeRun({ iterations: 0 });
    rmSync(join(run, "metrics.jsonl"));
    rmSync(join(run, "environment.json"));
    const { html, markdown } = await report(run);
    expect(html).toContain("<td>algorithm.kind</td><td>&quot;grpo&quot;</td>");
    expect(html).not.toContain("<h2>Curves</h2>");
    expect(markdown).toBe("# made\n\ngrpo · dyco-rl, 0 of 4 iterations.\n");
  });

  test("says that lines of metrics are left out", async () => {
    const run = withEvaluations(madeRun());
    appendFileSync(join(run, "metrics.jsonl"), '{"event":"iteration","iter\n');
    const { html, markdown } = await report(run);
    const words = "1 line of metrics cannot be read and is left out.";
    expect(html).toContain(`<p>${words}</p>`);
    expect(markdown).toContain(`\n\n${words}\n\n`);
  });

  test("of a directory that does not exist is a run error that says so", async () => {
    const target = join(temporaryDirectory(), "report");
    await expect(writeReport("nowhere", target)).rejects.toThrow(
      "nowhere: expected a run directory, got none",
    );
  });

  test("of something that is no run: a run error, and no file", async () => {
    const target = join(temporaryDirectory(), "report");
    await expect(writeReport(temporaryDirectory(), target)).rejects.toThrow(RunError);
    expect(existsSync(`${target}.html`)).toBe(false);
  });
});

test("fovea report writes into the run by default", async () => {
  const run = madeRun();
  const { context, stdout } = collectingContext();
  expect(await runCommandLine(["report", run, "--json"], context)).toBe(0);
  const { html, markdown } = JSON.parse(stdout()) as { html: string; markdown: string };
  expect([html, markdown]).toEqual([join(run, "report.html"), join(run, "report.md")]);
  expect(existsSync(html) && existsSync(markdown)).toBe(true);
});
