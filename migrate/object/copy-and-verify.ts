import type { Attempt } from "../journal/in-flight.js";
import type { ObjectFacts } from "../model/object.js";
import type { StrategyName } from "../model/strategy.js";
import { chooseStrategies } from "../plan/strategies.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { carriedNotes } from "./carried.js";
import { CHANGED_MEANWHILE, keepMarks, type Retagged } from "./changed-during-copy.js";
import type { Road } from "./context.js";
import { type CopyResult, copyInPlace } from "./copy.js";
import { inspectUnder } from "./inspect.js";
import { isLongWait, type Look, lookOfError, WaitedLong } from "./look.js";
import { landedCopy } from "./lost-answer.js";
import { type Finding, failed, observe, refused } from "./object-result.js";
import { carriedDifference, readBack } from "./read-back.js";
import {
  othersFirst,
  type RefusedWay,
  refusedForItsKey,
  refusedForItsSignature,
  refusedWords,
  unexplained,
} from "./refused-copy.js";

/** After these nobody knows whether the store did what it was asked. */
const ANSWER_IS_LOST: ReadonlySet<StoreErrorKind> = new Set(["unreachable", "server-error", "throttled"]);

const UNDER_ANOTHER_KEY: Look = {
  kind: "again",
  why: "changed",
  note: "its encryption was changed by someone else meanwhile",
};

/** The store's own refusals; that of a look of ours, which found it changed, has another code. */
function isAsIfChanged({ kind, facts: { code } }: StoreError): boolean {
  return (kind === "precondition-failed" && code !== CHANGED_MEANWHILE) || kind === "out-of-range";
}

/** Copies one object by the best way that the store takes, and reads back what came of it. */
export async function copyAndVerify(
  facts: ObjectFacts,
  found: Finding,
  road: Road,
  refusedWays: readonly RefusedWay[] = [],
): Promise<Look> {
  const closed = unexplained(refusedWays, facts);
  const draft = { ...found, notes: [...found.notes, ...closed.map(refusedWords)] };
  const choice = chooseStrategies(facts, road.policy, road.capabilities);
  if (choice.kind === "refuse") return { kind: "done", finding: refused(draft, choice.reason) };
  let attempt: Attempt | undefined;
  const onAttempt = (begun: Attempt) => {
    attempt = begun;
    return road.onAttempt(begun);
  };
  try {
    const beforeCopy = async (strategy: StrategyName) => {
      const owner = road.beforeCopy(facts.bucket, strategy, facts.customerKey);
      if (await isLongWait(owner)) throw new WaitedLong();
      return owner;
    };
    const strategies = othersFirst(choice.strategies, closed);
    const result = await copyInPlace({ ...road, facts, beforeCopy, onAttempt }, strategies);
    if (result.kind === "refused") return { kind: "done", finding: refused(draft, result.reason, result.detail) };
    return await lookAtCopy(facts, result, draft, road);
  } catch (error) {
    return lookOfFailure(error, facts, draft, attempt, road);
  }
}

/** What a copy that did not come to its end leaves to say. Rethrows what is no answer of the store. */
async function lookOfFailure(
  error: unknown,
  facts: ObjectFacts,
  draft: Finding,
  attempt: Attempt | undefined,
  road: Road,
): Promise<Look> {
  if (error instanceof WaitedLong) return { kind: "waited" };
  if (!(error instanceof StoreError)) throw error;
  const landed = ANSWER_IS_LOST.has(error.kind) && attempt ? await findLanded(attempt, road) : null;
  if (landed !== null) return { kind: "done", finding: landed };
  if (await refusedForItsSignature(error, facts.bucket, road.store)) {
    const requestIds = [...draft.requestIds, error.facts.requestId];
    const outcome = failed("signature-refused", `${error.message}${doubtfulHeaders(facts)}`);
    return { kind: "done", finding: { ...draft, requestIds, outcome } };
  }
  const seen = (await refusedForItsKey(error, facts, road)) ? UNDER_ANOTHER_KEY : lookOfError(error, draft);
  if (seen.kind !== "again" || !attempt) return seen;
  const { strategy } = attempt;
  const refusedWay = isAsIfChanged(error) ? { facts, strategy, message: error.message } : undefined;
  return { ...seen, attempt: { ...attempt, answer: "refused" }, refusedWay };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: "only ASCII" is what it asks
const ASCII = /^[\u0000-\u007f]*$/;

/** The values that stores read in more than one way. */
function doubtfulHeaders({ content, userMetadata, websiteRedirect }: ObjectFacts): string {
  const metadata = Object.entries(userMetadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const redirect = ["x-amz-website-redirect-location", websiteRedirect ?? ""];
  const doubtful = [...Object.entries(content), ...metadata, redirect].filter(([, value = ""]) => !ASCII.test(value));
  return doubtful.map(([name, value]) => `; ${name} is ${JSON.stringify(value)}`).join("");
}

async function findLanded(attempt: Attempt, road: Road): Promise<Finding | null> {
  const { bucket, key } = attempt.facts;
  const wanted = road.policy.target.customerKey;
  const inspection = await inspectUnder(wanted, road.store, { bucket, key }, road.capabilities);
  return inspection.kind === "found" ? landedCopy({ ...attempt, answer: "lost" }, inspection.facts, road) : null;
}

async function lookAtCopy(
  facts: ObjectFacts,
  { copied, strategy, carried, notes: refusals }: Extract<CopyResult, { kind: "copied" }>,
  draft: Finding,
  road: Road,
): Promise<Look> {
  const seen = await readBack(road.store, { facts, carried }, copied, road);
  if (seen.kind === "replaced") {
    return {
      kind: "again",
      why: "changed",
      note: "copied by this run, then replaced by someone else before it was read back",
    };
  }
  if (seen.kind === "failed") throw seen.error;
  const { after, verification } = seen;
  const requestIds = [facts.requestId, copied.requestId, after.requestId];
  const finding = { ...draft, after: observe(after), requestIds };
  const done = (outcome: Finding["outcome"], notes = finding.notes): Look => ({
    kind: "done",
    finding: { ...finding, outcome, notes },
  });
  switch (verification.kind) {
    case "same": {
      const { difference, notes: gone } = await carriedDifference(road.store, after, carried);
      if (difference !== null) {
        await road.stopWay?.(facts.bucket, strategy, [difference.startsWith("tags") ? "tags" : "acl"]);
        return done(failed("differs-after-copy", difference));
      }
      if (road.policy.etag === "keep" && after.etag !== facts.etag) {
        return done(failed("differs-after-copy", `its ETag became ${after.etag}, and --etag keep was asked for`));
      }
      const { retagged, others } = await keepMarks(facts, carried, after, road);
      if (others.length > 0) return done(failed("differs-after-copy", lostMarks(facts, others)));
      const carrying = [...carriedNotes(carried), ...(retagged === null ? [] : [RETAGGED[retagged]])];
      const notes = [...draft.notes, ...refusals, ...verification.notes, ...gone, ...carrying];
      return done({ kind: "migrated", strategy, guard: copied.guard }, notes);
    }
    case "not-encrypted":
      await road.stopWay?.(facts.bucket, strategy, ["encryption"]);
      return done(failed("not-encrypted-after-copy", verification.detail));
    case "differs":
      await road.stopWay?.(facts.bucket, strategy, verification.lost);
      return done(failed("differs-after-copy", verification.detail));
  }
}

const RETAGGED: Readonly<Record<Retagged, string>> = {
  "by-others": "somebody changed its tags during the copy: they were put on the copy too",
  unknown: "its copy had other tags than it has, which HEAD does not count: they were put on the copy too",
};

function lostMarks({ versionId }: ObjectFacts, others: readonly string[]): string {
  return `somebody changed ${others.join(" and ")} during the copy: it stands on version ${versionId}, and is to be put on the current one`;
}
