/**
 * @module
 * The second page: the rollouts of an iteration, and one completion token by token.
 */
import { useEffect } from "preact/hooks";
import { tokenRatio } from "../../src/math/ratio.ts";
import type { RolloutDetail } from "../../src/view/protocol.ts";
import { go, param } from "./address.ts";
import { addKeys } from "./keyboard.ts";
import { numberText, percentText, signedText } from "./number-text.ts";
import { ProblemImagesView } from "./problem-view.tsx";
import { RolloutList } from "./rollout-list.tsx";
import {
  detail,
  iteration,
  OUTCOMES,
  opened,
  page,
  stepCompletion,
  stepIteration,
  watchRollouts,
} from "./rollouts-state.ts";
import { openRun } from "./runs-state.ts";
import type { TokenPaint } from "./token-paint.ts";
import { PaintKey, shownToken, TokenStrip } from "./token-strip.tsx";

const token = param("token");
const outcome = param("outcome");

void tokenRatio;

function stepToken(by: number): void {
  const count = detail.value?.tokenTexts.length ?? 0;
  if (count === 0) return;
  const now = Number.parseInt(token.value, 10);
  const next = Number.isNaN(now) ? (by > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, now + by));
  go({ token: next, iteration: iteration.value, at: opened.value?.completion.at });
}

function cycleOutcome(): void {
  const place = OUTCOMES.findIndex((option) => option === (outcome.value === "" ? "all" : outcome.value));
  const next = OUTCOMES[(place + 1) % OUTCOMES.length];
  go({ outcome: next === "all" ? "" : next, at: undefined, token: undefined });
}

function Facts({ rollout }: { readonly rollout: RolloutDetail }) {
  const { answer, reward, rewardParts, advantage, tokenTexts, stopReason } = rollout;
  const facts: [name: string, value: string, tone?: string][] = [
    ["reference", answer],
    ["reward", numberText(reward)],
    ...Object.entries(rewardParts).map(([name, value]): [string, string] => [name, numberText(value)]),
    ["advantage", signedText(advantage), (advantage ?? 0) > 0 ? "good" : (advantage ?? 0) < 0 ? "bad" : ""],
    ["tokens", `${tokenTexts.length}${stopReason === "length" ? ", cut" : ""}`],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value, tone]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function creditPaint({ weights, advantage }: RolloutDetail): TokenPaint | undefined {
  return weights === null ? undefined : { values: weights, isSigned: false, sign: Math.sign(advantage ?? 0) };
}

function Detail({ rollout, run }: { readonly rollout: RolloutDetail; readonly run: string }) {
  const selected = Number.parseInt(token.value, 10);
  const paint = creditPaint(rollout);
  const at = (values: readonly number[] | null, place: number) => values?.[place] ?? null;
  const note = (place: number) => {
    const logprob = at(rollout.logprobs, place);
    const weight = at(rollout.weights, place);
    return [
      ["token", `${place} ${shownToken(rollout.tokenTexts[place] ?? "")}`],
      ["probability", logprob === null ? "–" : percentText(Math.exp(logprob))],
      ["log-prob", numberText(logprob)],
      ["entropy", numberText(at(rollout.entropy, place))],
      ["weight", numberText(weight)],
      ["role", rollout.roles?.[place] ?? "–"],
    ] as const;
  };
  return (
    <article class="detail">
      <div class="problem">
        <ProblemImagesView key={`${run} ${rollout.index}`} run={run} index={rollout.index} overlays={[]} />
        <div>
          <h2 class="asked">{rollout.question}</h2>
          <Facts rollout={rollout} />
        </div>
      </div>
      <TokenStrip
        label="Tokens of the completion"
        texts={rollout.tokenTexts}
        roles={rollout.roles}
        paint={paint}
        selected={Number.isNaN(selected) ? undefined : selected}
        onSelect={(place) => go({ token: place, iteration: rollout.iteration, at: rollout.at })}
        note={note}
      />
      <p class="key">
        <PaintKey name="credit weight" paint={paint} />
        <span>
          {(rollout.advantage ?? 0) > 0
            ? "blue: advantage above 0"
            : (rollout.advantage ?? 0) < 0
              ? "orange: advantage below 0"
              : "grey: no advantage"}
        </span>
        {rollout.roles !== null && (
          <span>
            <u>visual</u> &nbsp; <u class="dotted">text</u> &nbsp; neutral
          </span>
        )}
      </p>
    </article>
  );
}

export function RolloutsPage() {
  useEffect(() => watchRollouts(), []);
  useEffect(
    () =>
      addKeys([
        { keys: ["j", "ArrowDown"], help: "next completion", run: () => stepCompletion(1) },
        { keys: ["k", "ArrowUp"], help: "completion before", run: () => stepCompletion(-1) },
        { keys: ["ArrowRight", "l"], help: "next token", run: () => stepToken(1) },
        { keys: ["ArrowLeft", "h"], help: "token before", run: () => stepToken(-1) },
        { keys: ["]"], help: "next iteration", run: () => stepIteration(1) },
        { keys: ["["], help: "iteration before", run: () => stepIteration(-1) },
        { keys: ["f"], help: "filter: all, right, wrong, truncated", run: cycleOutcome },
        { keys: ["Escape"], help: "close the token", run: () => go({ token: undefined }) },
      ]),
    [],
  );
  const run = openRun.value;
  const shown = detail.value;
  return (
    <div class="page wide">
      <RolloutList />
      <main class="main">
        {shown !== undefined && run !== undefined && <Detail rollout={shown} run={run.id} />}
        {shown === undefined && page.value === undefined && (
          <p class="empty">This run has no rollouts to show yet.</p>
        )}
      </main>
    </div>
  );
}
