/**
 * @module
 * The left side of the rollouts page: iteration, filters, and the groups with their completions.
 */

import { numberText, signedText } from "../../src/view/number-text.ts";
import { go, param } from "./address.ts";
import { imageAddress } from "./api.ts";
import {
  hasFilters,
  isAcross,
  isRanking,
  iteration,
  iterations,
  type Listed,
  listed,
  OUTCOMES,
  openCompletion,
  opened,
  PART,
  page,
  pageTrouble,
  SPREADS,
  showIteration,
  sorts,
  stepIteration,
  switchAcross,
} from "./rollouts-state.ts";
import { openRun, runs } from "./runs-state.ts";

const outcome = param("outcome");
const spread = param("spread");
const sort = param("sort");
const from = param("from");

/** Another order of everything begins at its first page. */
const AFRESH = { from: undefined, at: undefined, token: undefined } as const;

const SORT_NAMES: Readonly<Record<string, string>> = {
  "": "in the file's order",
  advantage: "advantage",
  reward: "reward",
  tokens: "tokens",
  entropy: "entropy",
  logprob: "log-prob",
  weightMax: "largest weight",
  alignment: "alignment",
};

function Stepper() {
  const all = iterations.value;
  const now = iteration.value;
  const place =
    now === undefined
      ? 0
      : Math.max(
          0,
          all.findLastIndex((one) => one <= now),
        );
  return (
    <div class="stepper">
      <button
        type="button"
        class="plain"
        aria-label="Iteration before"
        disabled={place <= 0}
        onClick={() => stepIteration(-1)}
      >
        ‹
      </button>
      <input
        type="range"
        aria-label="Iteration"
        min={0}
        max={Math.max(0, all.length - 1)}
        value={place}
        onInput={({ currentTarget }) => showIteration(all[Number(currentTarget.value)])}
      />
      <button
        type="button"
        class="plain"
        aria-label="Iteration after"
        disabled={place >= all.length - 1}
        onClick={() => stepIteration(1)}
      >
        ›
      </button>
      <input
        type="number"
        aria-label="Number of the iteration"
        value={now ?? ""}
        onChange={({ currentTarget }) => showIteration(Number(currentTarget.value) || undefined)}
      />
    </div>
  );
}

function Segments({
  name,
  options,
  value,
  onChoose,
}: {
  name: string;
  options: readonly string[];
  value: string;
  onChoose: (option: string) => void;
}) {
  return (
    <fieldset class="segments" aria-label={name}>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChoose(option)}>
          {option}
        </button>
      ))}
    </fieldset>
  );
}

function Filters() {
  const descending = !sort.value.startsWith("-");
  const key = sort.value.replace(/^-/, "");
  return (
    <div class="filters">
      <Segments
        name="Outcome"
        options={OUTCOMES}
        value={outcome.value === "" ? "all" : outcome.value}
        onChoose={(option) => go({ outcome: option === "all" ? "" : option, ...AFRESH })}
      />
      <Segments
        name="Spread of rewards"
        options={SPREADS}
        value={spread.value === "" ? "any" : spread.value}
        onChoose={(option) => go({ spread: option === "any" ? "" : option, ...AFRESH })}
      />
      <div class="row">
        <label class="soft small" for="sort">
          sorted
        </label>
        <select
          id="sort"
          value={key}
          onChange={({ currentTarget }) => go({ sort: currentTarget.value, ...AFRESH })}
        >
          {sorts.value.map((name) => (
            <option key={name} value={name}>
              {name === "" ? "" : "by "}
              {(name === "" && isAcross.value ? "newest first" : undefined) ??
                SORT_NAMES[name] ??
                name.slice(PART.length)}
            </option>
          ))}
        </select>
        {key !== "" && (
          <button
            type="button"
            class="plain"
            onClick={() => go({ sort: descending ? `-${key}` : key, ...AFRESH })}
          >
            {descending ? "greatest first" : "least first"}
          </button>
        )}
      </div>
    </div>
  );
}

/** A bar to the right for a positive advantage, to the left for a negative one. */
function Lean({ value }: { readonly value: number | null }) {
  const share = Math.min(1, Math.abs(value ?? 0) / 2.5) * 50;
  const isPlus = (value ?? 0) >= 0;
  return (
    <span class="lean" title={`advantage ${signedText(value)}`}>
      <i
        style={{
          left: isPlus ? "50%" : `${50 - share}%`,
          width: `${share}%`,
          background: `rgb(var(${isPlus ? "--plus" : "--minus"}))`,
        }}
      />
    </span>
  );
}

function CompletionRow({ item }: { readonly item: Listed }) {
  const { completion } = item;
  const { isRight, isTruncated, reward, text, tokens } = completion;
  const isOpen = opened.value?.completion === completion;
  const mark = isRight === null ? "·" : isRight ? "✓" : "✗";
  const word = isRight === null ? "not judged" : isRight ? "right" : "wrong";
  return (
    <button
      type="button"
      class="completion"
      aria-current={isOpen ? "true" : undefined}
      data-at={completion.at}
      title={`${tokens} tokens${isTruncated ? ", cut at the limit" : ""}`}
      onClick={() => openCompletion(item)}
    >
      <span class={isRight === true ? "good" : isRight === false ? "bad" : "faint"}>
        {mark}
        <span class="visually-hidden">{word}</span>
      </span>
      <span>
        {numberText(reward)}
        {isTruncated && <span class="faint"> …</span>}
      </span>
      <Lean value={completion.advantage} />
      <span class="cut mono soft">{text}</span>
    </button>
  );
}

/** Rows of the list under the group they belong to; neighbours of one group share its heading. */
function underGroups(items: readonly Listed[]): Listed[][] {
  const heaps: Listed[][] = [];
  for (const item of items) {
    const last = heaps.at(-1);
    const before = last?.[0]?.group;
    if (before?.at === item.group.at && before.iteration === item.group.iteration) last?.push(item);
    else heaps.push([item]);
  }
  return heaps;
}

export function RolloutList() {
  const run = openRun.value;
  const found = page.value;
  return (
    <aside class="side">
      <div class="block">
        <label class="label" for="run">
          Run
        </label>
        <select
          id="run"
          style={{ width: "100%" }}
          value={run?.id}
          onChange={({ currentTarget }) =>
            go({
              run: currentTarget.value,
              iteration: undefined,
              from: undefined,
              at: undefined,
              token: undefined,
              weights: undefined,
            })
          }
        >
          {runs.value
            .filter(({ problem }) => problem === null)
            .map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
        </select>
      </div>
      <div class="field">
        <span class="label" style={{ margin: 0 }}>
          Iteration
        </span>
        <button type="button" class="plain" aria-pressed={isAcross.value} onClick={switchAcross}>
          {isAcross.value ? "back to one" : "list all"}
        </button>
      </div>
      {!isAcross.value && <Stepper />}
      <Filters />
      <div class="list">
        {pageTrouble.value !== "" && <p class="bad small">{pageTrouble.value}</p>}
        {isRanking.value && (
          <p class="soft">reading {isAcross.value ? "all iterations" : "the iteration"}…</p>
        )}
        {found !== undefined && listed.value.length === 0 && !isRanking.value && (
          <p class="soft">
            {hasFilters.value ? "No completion passes these filters." : "There are no completions."}
          </p>
        )}
        {run !== undefined &&
          underGroups(listed.value).map((items) => {
            const [{ group, completion } = items[0] as Listed] = items;
            return (
              <div class="group" key={`${group.iteration} ${completion.at}`}>
                <header>
                  {group.pictures !== 0 && (
                    <img
                      class="thumb"
                      loading="lazy"
                      alt=""
                      src={imageAddress(run, group.index, 0, group.pictures)}
                    />
                  )}
                  <span>
                    <span class="question">{group.question}</span>
                    <span class="small soft">
                      {group.answer} {group.kind !== "" && <span class="faint">· {group.kind}</span>}
                      {isAcross.value && <span class="faint"> · iteration {group.iteration}</span>}
                      {!group.hasSpread && <span class="faint"> · no spread</span>}
                      {group.more > 0 && <span class="faint"> · {group.more} more completions left out</span>}
                    </span>
                  </span>
                </header>
                {items.map((item) => (
                  <CompletionRow key={item.completion.at} item={item} />
                ))}
              </div>
            );
          })}
      </div>
      {found !== undefined &&
        (found.next !== null || from.value !== "" || found.unreadable > 0 || found.isCut) && (
          <div class="filters">
            <div class="row">
              {from.value !== "" && (
                <button type="button" class="plain" onClick={() => go({ from: undefined, at: undefined })}>
                  first page
                </button>
              )}
              {found.next !== null && (
                <button
                  type="button"
                  class="plain"
                  onClick={() => go({ from: found.next ?? undefined, at: undefined }, true)}
                >
                  next page
                </button>
              )}
            </div>
            {found.isCut && (
              <p class="small soft">
                The run has more completions than can be sorted; the oldest are left out of this list.
              </p>
            )}
            {found.unreadable > 0 && (
              <p class="small soft">{found.unreadable} lines cannot be read and are left out.</p>
            )}
          </div>
        )}
    </aside>
  );
}
