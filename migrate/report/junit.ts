import { XMLBuilder } from "fast-xml-parser";
import type { RunRecord } from "../journal/run-record.js";
import { countOf, visibleText } from "../model/text.js";
import {
  allowsEmpty,
  GATE_NOUNS,
  GATES,
  type Gate,
  type Gated,
  gateCount,
  gatedBucket,
  gatesAsked,
  isKnown,
  recordedGates,
} from "./gates.js";
import { groupRows } from "./group-rows.js";
import { noncurrentClosingWords } from "./noncurrent.js";
import { closingWords, emptyScopeWords, notSeenDetail, placeOf } from "./not-seen.js";
import { RUN_STATE_WORDS, runState } from "./run-state.js";
import type { Summary } from "./summary.js";
import type { ReportSource } from "./survey.js";
import { isAccountedFor, verdict } from "./verdict.js";

/** `passed` and `skipped` differ: a gate that could not be checked, or was not asked for, has not passed. */
type Result =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly message: string; readonly detail: readonly string[] }
  | { readonly kind: "skipped"; readonly message: string };

interface Case {
  readonly name: string;
  readonly result: Result;
}

/** junit.xml: a suite for each bucket, and in it a case for each gate of --fail-on and for the sum. */
export function renderJunit({ run, survey }: Omit<ReportSource, "readJournal">): string[] {
  const { summary } = survey;
  const suites = suitesOf(summary, run);
  const counts = countsOf(suites.flatMap(({ cases }) => cases));
  const name = `${run.tool.name} ${run.command}`;
  const timestamp = run.sessions[0]?.startedAt.replace(/\.\d+Z$|Z$/, "") ?? "";
  const testsuite = suites.map(({ suite, cases }) => ({
    ...attributes({ name: suite, timestamp, hostname: new URL(run.endpoint).hostname, ...countsOf(cases) }),
    properties: { property: propertiesOf(summary, run).map(([label, value]) => attributes({ name: label, value })) },
    testcase: cases.map((one) => caseElement(suite, one)),
  }));
  const document = { testsuites: { ...attributes({ name, ...counts }), testsuite } };
  return ['<?xml version="1.0" encoding="UTF-8"?>\n', builder.build(document)];
}

const PREFIX = "@";
const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: PREFIX,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  format: true,
});

function attributes(values: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${PREFIX}${name}`, xmlText(String(value))]),
  );
}

/** No XML document may contain these two characters, not even escaped; `visibleText` shows all others that it may not. */
function xmlText(text: string): string {
  return visibleText(text).replace(/[\ufffe\uffff]/g, "\ufffd");
}

function caseElement(suite: string, { name, result }: Case): Record<string, unknown> {
  const named = attributes({ name, classname: `bucketseal.${suite}` });
  if (result.kind === "passed") return named;
  const { message } = result;
  if (result.kind === "skipped") return { ...named, skipped: attributes({ message }) };
  const text = result.detail.map(xmlText).join("\n");
  return { ...named, failure: { ...attributes({ message, type: name }), "#text": text } };
}

function countsOf(cases: readonly Case[]): Record<"tests" | "failures" | "errors" | "skipped", number> {
  const of = (kind: Result["kind"]) => cases.filter(({ result }) => result.kind === kind).length;
  return { tests: cases.length, failures: of("failed"), errors: 0, skipped: of("skipped") };
}

function propertiesOf(summary: Summary, run: RunRecord): readonly (readonly [string, string])[] {
  const { kind, headline } = verdict(summary, run);
  return [
    ["run", run.id],
    ["endpoint", run.endpoint],
    ["region", run.region],
    ["provider", run.provider],
    ["verdict", kind],
    ["headline", headline],
  ];
}

/** No bucket has this name, because of the space. */
const WHOLE_RUN = "all buckets";

/** An incomplete run never passes: if no bucket shows why, or there is none, the run has a suite of its own. */
function suitesOf(summary: Summary, run: RunRecord) {
  const buckets = [...new Set(summary.scopes.map(({ bucket }) => bucket))];
  const suites = buckets.map((bucket) => ({ suite: bucket, cases: casesOf(bucket, summary, run) }));
  const isShown = suites.some(({ cases }) =>
    cases.some(({ name, result }) => name === "totals" && result.kind === "failed"),
  );
  if (isShown || verdict(summary, run).kind !== "incomplete") return suites;
  return [...suites, { suite: WHOLE_RUN, cases: casesOfRun(summary, run) }];
}

function casesOfRun({ total, scopes }: Summary, run: RunRecord): readonly Case[] {
  const { closes, noncurrent } = total;
  const words = closes && noncurrent !== undefined ? noncurrentClosingWords(noncurrent) : closingWords(total);
  if (scopes.length > 0) return [{ name: "totals", result: openTotals(run, [words]) }];
  const detail = ["the run has no location"];
  return [
    { name: "totals", result: openTotals(run, detail) },
    { name: "examined", result: nothingExamined(run, detail) },
  ];
}

function casesOf(bucket: string, summary: Summary, run: RunRecord): readonly Case[] {
  const gated = gatedBucket(bucket, summary, run);
  const asked = gatesAsked(recordedGates(run));
  return [
    ...GATES.map((gate) => ({ name: gate, result: resultOf(gate, gated, { asked, summary }) })),
    { name: "totals", result: totalsResult(gated, run) },
    { name: "examined", result: examinedResult(bucket, summary, run) },
  ];
}

interface Asked {
  readonly asked: readonly Gate[];
  readonly summary: Summary;
}

function resultOf(gate: Gate, gated: Gated, { asked, summary }: Asked): Result {
  const count = gateCount(gate, gated);
  if (count === 0) return isKnown(gate, gated) ? { kind: "passed" } : { kind: "skipped", message: NOT_ALL };
  const message = GATE_NOUNS[gate](count);
  return asked.includes(gate)
    ? { kind: "failed", message, detail: DETAILS[gate]?.(gated, summary) ?? [] }
    : { kind: "skipped", message: `${message}; this run has no --fail-on ${gate}` };
}

const NOT_ALL = "none was found, but not all of the bucket was examined";

const MAX_PREFIXES = 20;

/** The text of a failed case below its message. */
const DETAILS: Readonly<Partial<Record<Gate, (gated: Gated, summary: Summary) => readonly string[]>>> = {
  unencrypted: ({ scopes }, { prefixes }) => {
    const groups = prefixes.groups.filter(({ bucket }) => bucket === scopes[0]?.bucket);
    const { rows } = groupRows({ groups, others: null }, placeOf, groups.length);
    const open = rows.filter(({ now }) => now.objects > 0).toSorted((a, b) => b.now.objects - a.now.objects);
    const more = open.length - MAX_PREFIXES;
    return [
      ...open.slice(0, MAX_PREFIXES).map(({ name, now }) => `${name}: ${countOf(now.objects, "object")}`),
      ...(more > 0 ? [`and ${countOf(more, "more prefix", "more prefixes")}, see summary.json`] : []),
    ];
  },
  "not-seen": ({ scopes }, summary) => notSeenDetail({ ...summary, scopes }),
};

function totalsResult({ scopes }: Gated, run: RunRecord): Result {
  const state = runState(run);
  const open = scopes.filter(({ closes, unseen }) => !closes && unseen === undefined);
  const isEach = scopes.every(({ noncurrent }) => isAccountedFor(noncurrent));
  if (state === "complete" && open.length === 0 && isEach) return { kind: "passed" };
  return openTotals(
    run,
    open.map((scope) => `${placeOf(scope)}: ${closingWords(scope)}`),
  );
}

function openTotals(run: RunRecord, detail: readonly string[]): Result {
  const state = runState(run);
  const message = state === "complete" ? "the totals do not add up" : `the run ${RUN_STATE_WORDS[state]}`;
  return { kind: "failed", message, detail };
}

function examinedResult(bucket: string, summary: Summary, run: RunRecord): Result {
  const detail = emptyScopeWords(
    { ...summary, scopes: summary.scopes.filter((scope) => scope.bucket === bucket) },
    run,
  );
  return detail.length === 0 ? { kind: "passed" } : nothingExamined(run, detail);
}

function nothingExamined(run: RunRecord, detail: readonly string[]): Result {
  const message = "nothing was examined";
  return allowsEmpty(run)
    ? { kind: "skipped", message: `${message}; this run has --allow-empty` }
    : { kind: "failed", message, detail };
}
