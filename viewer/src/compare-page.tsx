/**
 * @module
 * The third page: two sets of weights on the same completion, token by token, and the own answer of each.
 */
import { useEffect } from "preact/hooks";
import { numberText, percentText, signedText } from "../../src/view/number-text.ts";
import type { GreedyAnswer, RolloutDetail } from "../../src/view/protocol.ts";
import type { TokenPaint } from "../../src/view/token-paint.ts";
import { go } from "./address.ts";
import type { ImageRun } from "./api.ts";
import { after, type Both, before, choices, comparison, type WeightsChoice } from "./compare-state.ts";
import { openToken } from "./inspection-state.ts";
import { ProblemImagesView } from "./problem-view.tsx";
import { useRolloutKeys } from "./rollout-keys.ts";
import { RolloutList } from "./rollout-list.tsx";
import { detail, groupTrouble, watchRollouts } from "./rollouts-state.ts";
import { openRun } from "./runs-state.ts";
import { PaintKey, shownTokens, TokenStrip, tokenWord } from "./token-strip.tsx";

const MOST_MOVED = 10;

function WeightsSelect({
  name,
  value,
  onChoose,
}: {
  readonly name: string;
  readonly value: WeightsChoice | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const runs = [...new Set(choices.value.map(({ run }) => run))];
  return (
    <label class="field">
      <span>{name}</span>
      <select value={value?.id} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {runs.map((run) => (
          <optgroup key={run} label={run}>
            {choices.value
              .filter((choice) => choice.run === run)
              .map((choice) => (
                <option key={choice.id} value={choice.id}>
                  {choice.name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function changeOf({ before: one, after: other }: Both): number[] {
  return other.logprobs.map((logprob, t) => logprob - (one.logprobs[t] ?? 0));
}

function Moved({ both, rollout }: { readonly both: Both; readonly rollout: RolloutDetail }) {
  const change = changeOf(both);
  const tokens = shownTokens(rollout);
  const places = change
    .map((_, t) => t)
    .sort((a, b) => Math.abs(change[b] ?? 0) - Math.abs(change[a] ?? 0))
    .slice(0, MOST_MOVED);
  const roleOf = (found: Both["before"], t: number) =>
    found.methods.find(({ roles }) => roles !== undefined)?.roles?.[t] ?? "–";
  return (
    <section>
      <h3>Tokens that moved most</h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>token</th>
              <th class="number">before</th>
              <th class="number">after</th>
              <th class="number">nats</th>
              <th class="number">on the image</th>
              <th>role</th>
            </tr>
          </thead>
          <tbody>
            {places.map((t) => (
              <tr key={t}>
                <td>
                  <button type="button" class="mono" onClick={() => go({ token: t })}>
                    <span class="faint">{t}</span> {tokenWord(tokens, t)}
                  </button>
                </td>
                <td class="number">{percentText(Math.exp(both.before.logprobs[t] ?? 0))}</td>
                <td class="number">{percentText(Math.exp(both.after.logprobs[t] ?? 0))}</td>
                <td class={`number ${(change[t] ?? 0) < 0 ? "bad" : "good"}`}>{signedText(change[t])}</td>
                <td class="number">
                  {percentText(both.before.attention?.visualMass[t])} →{" "}
                  {percentText(both.after.attention?.visualMass[t])}
                </td>
                <td class="small soft">
                  {roleOf(both.before, t) === roleOf(both.after, t)
                    ? roleOf(both.after, t)
                    : `${roleOf(both.before, t)} → ${roleOf(both.after, t)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** A greedy answer; from where it parts from the other its tokens are marked. */
function Answer({
  name,
  answer,
  other,
}: {
  readonly name: string;
  readonly answer: GreedyAnswer;
  readonly other: GreedyAnswer;
}) {
  const parts = answer.tokens.findIndex((token, t) => token !== other.tokens[t]);
  const paint: TokenPaint = {
    values: answer.tokens.map((_, t) => (parts >= 0 && t >= parts ? 1 : 0)),
    isSigned: true,
    sign: 0,
  };
  const verdict = answer.isRight === null ? "" : answer.isRight ? "right" : "wrong";
  return (
    <section>
      <h3>
        {name} <span class={answer.isRight === true ? "good" : "bad"}>{verdict}</span>
      </h3>
      {answer.unjudged !== null && <p class="small soft">Not judged: {answer.unjudged}.</p>}
      <TokenStrip
        label={`Greedy answer, ${name}`}
        tokens={answer}
        paint={parts < 0 ? undefined : paint}
        selected={undefined}
        onSelect={() => undefined}
        note={(t) => [
          ["token", `${t}  ${tokenWord(answer, t)}`],
          ["probability", percentText(Math.exp(answer.logprobs[t] ?? 0))],
        ]}
      />
    </section>
  );
}

function Result({
  both,
  rollout,
  run,
}: {
  readonly both: Both;
  readonly rollout: RolloutDetail;
  readonly run: ImageRun;
}) {
  const change = changeOf(both);
  const tokens = shownTokens(rollout);
  const token = openToken.value;
  const isInside = token !== undefined && token < change.length;
  const paint: TokenPaint = { values: change, isSigned: true, sign: 0 };
  const total = change.reduce((sum, nats) => sum + nats, 0);
  const sides = [
    ["before", both.before],
    ["after", both.after],
  ] as const;
  return (
    <>
      <TokenStrip
        label="Tokens of the completion"
        tokens={tokens}
        roles={rollout.roles}
        paint={paint}
        selected={isInside ? token : undefined}
        onSelect={(place) => go({ token: place })}
        note={(t) => [
          ["token", `${t}  ${tokenWord(tokens, t)}`],
          ["before", percentText(Math.exp(both.before.logprobs[t] ?? 0))],
          ["after", percentText(Math.exp(both.after.logprobs[t] ?? 0))],
          ["nats", signedText(change[t])],
        ]}
      />
      <div class="key">
        <PaintKey name="log-prob after less before, nats" paint={paint} />
        <span>whole completion {signedText(total)}</span>
        {!isInside && <span class="faint">open a token to see both attend</span>}
      </div>
      {isInside && (
        <div class="columns block">
          {sides.map(([name, found]) => (
            <section key={name}>
              <h3>
                {name}: token {token}, {percentText(found.attention?.visualMass[token])} on the image
              </h3>
              <ProblemImagesView
                run={run}
                index={rollout.index}
                count={rollout.pictures}
                overlays={(found.images ?? []).map(({ rows, columns, tokens }) => ({
                  rows,
                  columns,
                  values: tokens[token] ?? [],
                }))}
              />
            </section>
          ))}
        </div>
      )}
      <div class="columns">
        <Moved both={both} rollout={rollout} />
        <div>
          <Answer name="before" answer={both.answerBefore} other={both.answerAfter} />
          <div style={{ height: "22px" }} />
          <Answer name="after" answer={both.answerAfter} other={both.answerBefore} />
          <p class="small soft" style={{ marginTop: "8px" }}>
            Greedy answers to the same problem; reference {rollout.answer}. Tokens after the answers part are
            marked.
          </p>
        </div>
      </div>
    </>
  );
}

export function ComparePage() {
  useEffect(() => watchRollouts(), []);
  useEffect(() => comparison.watch(), []);
  useRolloutKeys();
  const run = openRun.value;
  const rollout = detail.value;
  const looked = comparison.answer.value;
  const isSame = before.value?.id === after.value?.id;
  return (
    <div class="page wide">
      <RolloutList />
      <main class="main">
        <div class="detail">
          {choices.value.length === 0 && (
            <p class="empty">No run has weights yet; they come with the first checkpoint.</p>
          )}
          {rollout === undefined && groupTrouble.value !== "" && (
            <p class="bad" role="alert">
              The completion cannot be shown: {groupTrouble.value}
            </p>
          )}
          {rollout !== undefined && run !== undefined && choices.value.length > 0 && (
            <>
              <div class="problem">
                <ProblemImagesView
                  key={`${run.id} ${rollout.index}`}
                  run={run}
                  index={rollout.index}
                  count={rollout.pictures}
                  overlays={[]}
                />
                <div>
                  <h2 class="asked">{rollout.question}</h2>
                  <WeightsSelect name="before" value={before.value} onChoose={(id) => go({ before: id })} />
                  <WeightsSelect name="after" value={after.value} onChoose={(id) => go({ against: id })} />
                  <p class="small soft" style={{ marginTop: "10px" }}>
                    {isSame
                      ? "Both are the same weights: choose two different sets to see a difference."
                      : `The completion was sampled in iteration ${rollout.iteration}, reward ${numberText(rollout.reward)}.`}
                  </p>
                </div>
              </div>
              {looked === undefined && <p class="soft">both models score the completion…</p>}
              {looked?.trouble !== undefined && <p class="soft">No comparison: {looked.trouble}.</p>}
              {looked?.value !== undefined && <Result both={looked.value} rollout={rollout} run={run} />}
            </>
          )}
        </div>
      </main>
    </div>
  );
}
