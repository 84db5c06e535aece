/**
 * @module
 * One completion: what was asked, its tokens, and the token that is open.
 */
import { termText } from "../../src/inspect/terms.ts";
import { verdictSentence } from "../../src/inspect/verdict-sentence.ts";
import { numberText, percentText, signedText } from "../../src/view/number-text.ts";
import type { RolloutDetail, RunSummary } from "../../src/view/protocol.ts";
import { go, param } from "./address.ts";
import { answerPlace } from "./answer-place.ts";
import { inspection, openToken } from "./inspection-state.ts";
import { paintChoices } from "./paint-choice.ts";
import { PaintSelect } from "./paint-select.tsx";
import { ProblemImagesView } from "./problem-view.tsx";
import { placeOf } from "./rollouts-state.ts";
import { Sentence } from "./sentence.tsx";
import { Term } from "./term.tsx";
import { TokenPanel } from "./token-panel.tsx";
import { clipState, ratioAt } from "./token-ratio.ts";
import { shownTokens, TokenStrip, tokenWord } from "./token-strip.tsx";

const paintKey = param("paint");

function Facts({ rollout }: { readonly rollout: RolloutDetail }) {
  const { answer, extracted, reward, rewardParts, advantage, tokenTexts, stopReason } = rollout;
  const lean = Math.sign(advantage ?? 0);
  const facts: (readonly [name: string, value: string, tone?: string])[] = [
    ["reference", answer],
    ["read as", extracted ?? "no answer"],
    ["reward", numberText(reward)],
    ...Object.entries(rewardParts).map(([name, value]) => [name, numberText(value)] as const),
    ["advantage", signedText(advantage), lean > 0 ? "good" : lean < 0 ? "bad" : ""],
    ["tokens", `${tokenTexts.length}${stopReason === "length" ? ", cut" : ""}`],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value, tone]) => (
        <div key={name}>
          <dt>
            <Term name={name} text={termText(name) ?? "A part of the reward, before its weight."} />
          </dt>
          <dd class={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The meaning of the hue of the credit weights. */
function leanText(advantage: number | null): string {
  if (advantage === null) return "grey: the advantage is not known";
  if (advantage === 0) return "grey: no advantage";
  return advantage > 0 ? "blue: advantage above 0" : "orange: advantage below 0";
}

export function CompletionView({
  rollout,
  run,
}: {
  readonly rollout: RolloutDetail;
  readonly run: RunSummary;
}) {
  const token = openToken.value;
  const isInside = token !== undefined && token < rollout.tokenTexts.length;
  const found = isInside ? inspection.answer.value?.value : undefined;
  const choices = paintChoices(rollout, found);
  const choice = choices.find(({ id }) => id === paintKey.value) ?? choices[0];
  const overlays = (found?.images ?? []).map(({ rows, columns, tokens }) => ({
    rows,
    columns,
    values: (token === undefined ? undefined : tokens[token]) ?? [],
  }));
  const tokens = shownTokens(rollout);
  const note = (place: number) => {
    const logprob = rollout.logprobs?.[place];
    const ratio = ratioAt(rollout, found, place);
    return [
      ["token", `${place}  ${tokenWord(tokens, place)}`],
      ["probability", logprob === undefined ? "–" : percentText(Math.exp(logprob))],
      ["log-prob", numberText(logprob)],
      ["entropy", numberText(rollout.entropy?.[place])],
      ["weight", numberText(rollout.weights?.[place])],
      ["role", rollout.roles?.[place] ?? "–"],
      ...(ratio === undefined
        ? []
        : [
            ["ratio", numberText(ratio)] as const,
            ["clip", clipState(ratio, rollout.advantage, run.tokenClip) || "–"] as const,
          ]),
    ] as const;
  };
  return (
    <article class="detail">
      <div class="problem">
        <ProblemImagesView run={run} index={rollout.index} count={rollout.pictures} overlays={overlays} />
        <div>
          <h2 class="asked">{rollout.question}</h2>
          <p class="verdict">
            <Sentence
              text={verdictSentence({
                extracted: rollout.extracted,
                score: rollout.verdict,
                answers: rollout.answers,
              })}
            />
          </p>
          <Facts rollout={rollout} />
          {overlays.length > 0 && (
            <p class="small soft" style={{ marginTop: "14px" }}>
              On the image: attention of token {token}, mean over heads of the last layer;{" "}
              {percentText(found?.attention?.visualMass[token ?? 0])} of it is on the image,{" "}
              {percentText(Math.max(0, ...overlays.flatMap(({ values }) => values)))} on the strongest patch.
            </p>
          )}
        </div>
      </div>
      <TokenStrip
        label="Tokens of the completion"
        tokens={tokens}
        roles={rollout.roles}
        paint={choice?.paint}
        selected={isInside ? token : undefined}
        onSelect={(place) => go({ token: place, ...placeOf(rollout) })}
        note={note}
      />
      <div class="key">
        <PaintSelect choices={choices} choice={choice} />
        {choice?.paint !== undefined && choice.paint.sign !== 0 && <span>{leanText(rollout.advantage)}</span>}
        {choice?.id === "" && choice.paint === undefined && (
          <span>no credit: the rewards of this group are all equal</span>
        )}
        {rollout.roles !== null && (
          <span>
            <Term name="visual">
              <u>visual</u>
            </Term>{" "}
            &nbsp;{" "}
            <Term name="text">
              <u class="dotted">text</u>
            </Term>{" "}
            &nbsp; <Term name="neutral" />
          </span>
        )}
        {!isInside && (
          <button
            type="button"
            class="plain"
            onClick={() => go({ token: answerPlace.value, ...placeOf(rollout) })}
          >
            open the answer
          </button>
        )}
      </div>
      {isInside && <TokenPanel rollout={rollout} token={token} run={run} />}
    </article>
  );
}
