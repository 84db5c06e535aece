/**
 * @module
 * The answers of an evaluation: by verdict and by kind of problem, alone or beside another model's answers.
 */
import { percentText, pointsText } from "../../../src/view/number-text.ts";
import type {
  AnswerPage,
  AnswersSummary,
  PairedScores,
  ScoreInterval,
  ShownAnswer,
} from "../../../src/view/protocol.ts";
import { go, param } from "../address.ts";
import { answerFiles, answerPage, answerTrouble, besideFile } from "./results-state.ts";

const verdict = param("verdict");
const kind = param("kind");
const text = param("text");
const from = param("from");

/** Another list begins at its first page. */
const AFRESH = { from: undefined } as const;

function FileSelect({
  name,
  value,
  files,
  onChoose,
}: {
  readonly name: string;
  readonly value: string;
  readonly files: readonly { readonly id: string; readonly text: string }[];
  readonly onChoose: (id: string) => void;
}) {
  return (
    <label class="field stacked">
      <span>{name}</span>
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {files.map(({ id, text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Which answers are open: by benchmark, file, and the file beside it. */
export function AnswerFiles({ open }: { readonly open: AnswersSummary }) {
  const readable = answerFiles.value.filter(({ problem }) => problem === null);
  const benchmarks = [...new Set(readable.map(({ benchmark }) => benchmark))];
  const ofBenchmark = readable.filter(({ benchmark }) => benchmark === open.benchmark);
  const named = (files: readonly AnswersSummary[]) => files.map(({ id }) => ({ id, text: id }));
  return (
    <div class="block">
      <span class="label">Answers</span>
      <FileSelect
        name="benchmark"
        value={open.benchmark}
        files={benchmarks.map((id) => ({ id, text: id }))}
        onChoose={(wanted) =>
          go({
            answers: readable.find(({ benchmark }) => benchmark === wanted)?.id,
            beside: undefined,
            kind: undefined,
            ...AFRESH,
          })
        }
      />
      <FileSelect
        name="answers of"
        value={open.id}
        files={named(ofBenchmark)}
        onChoose={(id) => go({ answers: id, ...AFRESH })}
      />
      <FileSelect
        name="beside"
        value={besideFile.value?.id ?? ""}
        files={[{ id: "", text: "nothing" }, ...named(ofBenchmark.filter(({ id }) => id !== open.id))]}
        onChoose={(id) => go({ beside: id, answers: open.id, ...AFRESH })}
      />
    </div>
  );
}

/** Meanings of the outcomes that need an explanation. */
const MEANINGS: Readonly<Record<string, string>> = {
  "not judged": "the verdict could give no score",
  truncated: "ended at the token limit",
  gained: "wrong here, right beside",
  lost: "right here, wrong beside",
};

function Filters({ page }: { readonly page: AnswerPage }) {
  const chosen = verdict.value === "" ? "all" : verdict.value;
  return (
    <div class="filters">
      <fieldset class="segments" aria-label="Verdict">
        {Object.entries(page.outcomes).map(([name, count]) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === chosen}
            title={MEANINGS[name]}
            onClick={() => go({ verdict: name === "all" ? "" : name, ...AFRESH })}
          >
            {name} <span class="count">{count}</span>
          </button>
        ))}
      </fieldset>
      {page.kinds.length > 1 && (
        <label class="row">
          <span class="soft small">kind of problem</span>
          <select
            value={kind.value}
            onChange={({ currentTarget }) => go({ kind: currentTarget.value, ...AFRESH })}
          >
            <option value="">all</option>
            {page.kinds.map((name) => (
              <option key={name} value={name}>
                {name === "" ? "without a kind" : name}
              </option>
            ))}
          </select>
        </label>
      )}
      <input
        type="text"
        aria-label="Text of answers"
        placeholder="text of an answer"
        value={text.value}
        onChange={({ currentTarget }) => go({ text: currentTarget.value, ...AFRESH })}
      />
    </div>
  );
}

/** A mean with the ends of its interval. */
function intervalText(score: ScoreInterval | null, textOf: (value: number) => string): string {
  if (score === null) return "–";
  const { mean, low, high } = score;
  return low === null || high === null ? textOf(mean) : `${textOf(mean)} (${textOf(low)} to ${textOf(high)})`;
}

function pairedText({ problems, own, other, difference }: PairedScores): string {
  if (problems === 0) return "no problem in both";
  return (
    `${problems} ${problems === 1 ? "problem" : "problems"} in both: ${percentText(own)} here, ` +
    `${percentText(other)} beside, difference ${intervalText(difference, pointsText)}`
  );
}

function verdictWord({ score }: Pick<ShownAnswer, "score">): string {
  if (score === null) return "not judged";
  if (score >= 1) return "right";
  return score > 0 ? `partly right, ${percentText(score)}` : "wrong";
}

function Completion({ name, answer }: { name: string; answer: Omit<ShownAnswer, "other"> | null }) {
  if (answer === null) {
    return (
      <div class="answer">
        <p class="small faint">{name}: no answer to this problem</p>
      </div>
    );
  }
  const isRight = answer.score !== null && answer.score >= 1;
  return (
    <div class="answer">
      <p class="small soft">
        {name !== "" && <b class="cut">{name}</b>}
        <span class={isRight ? "good" : answer.score === null ? "soft" : "bad"}>{verdictWord(answer)}</span>
        <span>read as {answer.extracted === null ? "no answer" : `“${answer.extracted}”`}</span>
        {answer.tokens !== null && (
          <span>
            {answer.tokens} tokens{answer.isTruncated && ", truncated"}
          </span>
        )}
      </p>
      <p class="mini">{answer.completion}</p>
      {answer.reason !== "" && <p class="small faint">{answer.reason}</p>}
    </div>
  );
}

function Answer({ answer, names }: { readonly answer: ShownAnswer; readonly names: readonly string[] }) {
  return (
    <li class="answered">
      <p>
        {answer.question}{" "}
        {answer.options.length > 0 && <span class="soft small">options: {answer.options.join(" · ")}</span>}
      </p>
      <p class="small soft">
        {answer.problem}
        {answer.kind !== "" && ` · ${answer.kind}`}
        {answer.sample > 0 && ` · sample ${answer.sample + 1}`} · reference{" "}
        {answer.answers.join(" or ") || "none"}
      </p>
      <div class={names.length > 1 ? "beside" : ""}>
        <Completion name={names[0] ?? ""} answer={answer} />
        {names.length > 1 && <Completion name={names[1] ?? ""} answer={answer.other} />}
      </div>
    </li>
  );
}

export function AnswerList({ open }: { readonly open: AnswersSummary }) {
  const page = answerPage.value;
  const beside = besideFile.value;
  const at = Number(from.value) || 0;
  if (answerTrouble.value !== "") return <p class="bad">{answerTrouble.value}</p>;
  if (page === undefined) return <p class="soft">reading the answers…</p>;
  const names = beside === undefined ? [] : [open.id, beside.id];
  return (
    <section class="section" aria-label="Answers">
      <h2>
        Answers to {open.benchmark}
        <span class="soft small">
          mean score {intervalText(page.score, percentText)} · {open.model} · verdict {open.verdict}
        </span>
      </h2>
      {page.paired !== null && <p class="soft">{pairedText(page.paired)}</p>}
      <Filters page={page} />
      {page.cutAfter !== null && (
        <p class="small soft">
          Only the first {page.cutAfter} answers of a file are read. Later answers are left out, of the mean
          score too.
        </p>
      )}
      {page.missing > 0 && (
        <p class="small soft">Answers that are planned and not there yet: {page.missing}.</p>
      )}
      {page.unreadable > 0 && (
        <p class="small soft">
          Lines that cannot be read, and are left out, of the mean score too: {page.unreadable}.
        </p>
      )}
      <ol class="answers">
        {page.answers.map((answer) => (
          <Answer key={`${answer.index} ${answer.sample}`} answer={answer} names={names} />
        ))}
      </ol>
      {page.total === 0 && (
        <p class="empty">
          {page.outcomes["all"] === 0 && kind.value === "" && text.value === ""
            ? "The file has no answer yet."
            : "No answer passes the filters."}
        </p>
      )}
      {(at > 0 || page.next !== null) && (
        <p class="field">
          <button
            type="button"
            class="plain"
            disabled={at === 0}
            onClick={() => go({ from: undefined }, true)}
          >
            first page
          </button>
          <span class="soft small">
            {at + 1} to {at + page.answers.length} of {page.total}
          </span>
          <button
            type="button"
            class="plain"
            disabled={page.next === null}
            onClick={() => go({ from: page.next ?? undefined }, true)}
          >
            next page
          </button>
        </p>
      )}
    </section>
  );
}
