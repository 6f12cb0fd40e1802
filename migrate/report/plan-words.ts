import type { RunRecord } from "../journal/run-record.js";
import type { Plan } from "../model/policy.js";
import { type RaceGuard, REASON_WORDS, type StrategyName } from "../model/reason.js";
import { ENGLISH, type Language } from "./language.js";
import { sentRequests, tookMs } from "./run-state.js";
import type { Fact } from "./run-words.js";
import { sumOf, type Tally } from "./tally.js";

const WAY_WORDS = {
  copy: "copy in one piece",
  "copy-replacing": "copy in one piece, metadata sent again",
  "copy-multipart": "copy in parts",
  rewrite: "read and write again",
  "update-encryption": "new key, without a copy",
} as const satisfies Readonly<Record<StrategyName, string>>;

const GUARDED_WORDS = {
  none: "no condition",
  source: "condition on the source",
  "source-and-destination": "condition on the destination",
  "nothing-replaced": "nothing is replaced",
} as const satisfies Readonly<Record<RaceGuard, string>>;

export interface PlanRow {
  readonly what: string;
  readonly guard: string;
  readonly objects: number;
  readonly bytes: number;
}

/** What becomes of the objects, one row for each way and guard, then for each reason to leave some as they are. */
export function planRows({ ways, encrypted, left }: Plan, { say } = ENGLISH): readonly PlanRow[] {
  return [
    ...ways.map(({ way, guard, objects, bytes, parts }) => {
      const inParts = parts === 0 ? "" : say(" ({n} {n|part|parts})", { n: parts });
      return { what: `${say(WAY_WORDS[way])}${inParts}`, guard: say(GUARDED_WORDS[guard]), objects, bytes };
    }),
    ...(encrypted.objects === 0 ? [] : [{ what: say("encrypted already"), guard: "", ...encrypted }]),
    ...left.map(({ reason, objects, bytes }) => ({ what: say(REASON_WORDS[reason]), guard: "", objects, bytes })),
  ];
}

/** What the run would need and cost. Values are as recorded: escape them for the output format. */
export function planFacts(plan: Plan, lang = ENGLISH): readonly Fact[] {
  const { say, count } = lang;
  const requests = Object.entries(plan.requests).map(([name, times]) => `${count(times)} ${name}`);
  return [
    [say("Requests"), requests.join(", ")],
    [say("Duration"), durationWords(plan, lang)],
    [say("Cost of the requests"), costWords(plan.cost, lang)],
  ];
}

function durationWords({ seconds, readsPerSecond, writesPerSecond }: Plan, { say, duration }: Language): string {
  if (seconds === null) return say("not known: no ceiling of requests is in force");
  const ceilings = [
    ...(readsPerSecond === null ? [] : [say("{n} reads", { n: readsPerSecond })]),
    ...(writesPerSecond === null ? [] : [say("{n} writes", { n: writesPerSecond })]),
  ];
  const rate = ceilings.join(say(" and "));
  return say("{duration} at {rate} a second, which no run exceeds", { duration: duration(seconds * 1000), rate });
}

function costWords(cost: Plan["cost"], lang: Language): string {
  const { say } = lang;
  if (cost.kind === "unknown") return say("unknown price");
  const read = say("{source}, read {date}", { source: cost.source, date: cost.readOn });
  if (cost.kind === "not-charged") return say("not charged ({read})", { read });
  return `${amountWords(cost, lang)} (${cost.basis}; ${read})`;
}

function amountWords({ amount, currency }: Extract<Plan["cost"], { kind: "charged" }>, { say }: Language): string {
  if (amount < 0.01) return say("under 0.01 {currency}", { currency });
  // Rounded up, as an estimate must not promise less. 1.1 * 100 is a little more than 110.
  const cents = Math.ceil(Number((amount * 100).toPrecision(12)));
  const rest = String(cents % 100).padStart(2, "0");
  return say("{whole}.{cents} {currency}", { whole: Math.floor(cents / 100), cents: rest, currency });
}

const FROM_LISTING =
  "No object was read for this estimate, so it is the most that can happen: objects that are encrypted already are only looked at.";

/** How far the figures can be relied on, in sentences. */
export function planLimits({ from, complete, ways }: Plan, { say } = ENGLISH): readonly string[] {
  const rewrites = ways.some(({ way }) => way === "rewrite");
  return [
    ...(from === "listing" ? [say(FROM_LISTING)] : []),
    ...(complete ? [] : [say("Not all objects were listed: there are more than these.")]),
    say(
      "The ways are those that the provider documents. The probe of each bucket, about 200 requests, may choose others.",
    ),
    ...(rewrites ? [say("Bytes that are read and written again may be billed as traffic.")] : []),
  ];
}

/** What a migration came to, next to its estimate. */
export function planOutcome(plan: Plan, migrated: Tally, run: RunRecord, lang = ENGLISH): string {
  const { say, bytes, duration } = lang;
  const took = tookMs(run);
  const planned = sumOf(plan.ways);
  const least =
    plan.seconds === null ? "" : say(", in {duration} or more", { duration: duration(plan.seconds * 1000) });
  const outcome = say(
    "Estimated {most} {n} {n|copy|copies} ({size}){least}; it took {done} {done|copy|copies} ({doneSize}) and {duration}.",
    {
      most: plan.complete ? say("at most") : say("at least"),
      n: planned.objects,
      size: bytes(planned.bytes),
      least,
      done: migrated.objects,
      doneSize: bytes(migrated.bytes),
      duration: Number.isNaN(took) ? say("an unknown time") : duration(took),
    },
  );
  return [outcome, ...requestsOutcome(plan, run, lang)].join(" ");
}

/** The requests that were sent, each kind next to its estimate. Nothing if no session recorded any. */
function requestsOutcome({ requests }: Plan, run: RunRecord, { say, count }: Language): string[] {
  const { n, sent, complete } = sentRequests(run);
  if (n === 0) return [];
  const each = Object.entries(requests).map(([name, times]) => `${count(sent[name] ?? 0)} ${name} (${count(times)})`);
  const others = Object.keys(requests).reduce((left, name) => left - (sent[name] ?? 0), n);
  const kinds = [...each, ...(others > 0 ? [say("{n} of other kinds", { n: others })] : [])].join(", ");
  const total = complete ? count(n) : `${say("at least")} ${count(n)}`;
  return [say("It sent {total} {n|request|requests} (estimates in brackets): {kinds}.", { total, n, kinds })];
}
