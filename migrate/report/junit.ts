import { XMLBuilder } from "fast-xml-parser";
import type { RunRecord } from "../journal/run-record.js";
import { countOf, visibleText } from "../model/text.js";
import {
  allowsEmpty,
  GATES,
  type Gate,
  type Gated,
  gateCount,
  gatedBucket,
  gatesAsked,
  recordedGates,
} from "./gates.js";
import { groupRows } from "./group-rows.js";
import { closingWords, emptyScopeWords, notSeenDetail, placeOf } from "./not-seen.js";
import { RUN_STATE_WORDS, runState } from "./run-state.js";
import type { Summary } from "./summary.js";
import type { ReportSource } from "./survey.js";
import { verdict } from "./verdict.js";

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
  const buckets = [...new Set(summary.scopes.map(({ bucket }) => bucket))];
  const suites = buckets.map((bucket) => ({ bucket, cases: casesOf(bucket, summary, run) }));
  const counts = countsOf(suites.flatMap(({ cases }) => cases));
  const name = `${run.tool.name} ${run.command}`;
  const timestamp = run.sessions[0]?.startedAt.replace(/\.\d+Z$|Z$/, "") ?? "";
  const testsuite = suites.map(({ bucket, cases }) => ({
    ...attributes({ name: bucket, timestamp, hostname: new URL(run.endpoint).hostname, ...countsOf(cases) }),
    properties: { property: propertiesOf(summary, run).map(([label, value]) => attributes({ name: label, value })) },
    testcase: cases.map((one) => caseElement(bucket, one)),
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

function caseElement(bucket: string, { name, result }: Case): Record<string, unknown> {
  const named = attributes({ name, classname: `bucketseal.${bucket}` });
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

function casesOf(bucket: string, summary: Summary, run: RunRecord): readonly Case[] {
  const gated = gatedBucket(bucket, summary, run);
  const asked = gatesAsked(recordedGates(run));
  return [
    ...GATES.map((gate) => ({ name: gate, result: resultOf(gate, gated, { asked, summary }) })),
    { name: "totals", result: totalsResult(gated, run) },
    { name: "examined", result: examinedResult(bucket, summary, run) },
  ];
}

const NOUNS: Readonly<Record<Gate, (count: number) => string>> = {
  unencrypted: (count) => `${countOf(count, "object or version", "objects or versions")} not encrypted`,
  noncurrent: (count) =>
    `${countOf(count, "noncurrent version, or location of such versions,", "noncurrent versions, or locations of such versions,")} in plaintext or not examined`,
  refused: (count) => `${countOf(count, "object")} refused`,
  failed: (count) => `${countOf(count, "object or version", "objects or versions")} failed`,
  "sse-c": (count) => `${countOf(count, "object")} under a customer key`,
  unknown: (count) => `${countOf(count, "object")} whose encryption is unknown`,
  "no-default": () => "the bucket's default encryption could not be confirmed",
  "not-seen": (count) => `${countOf(count, "location")} not seen`,
  "not-found": (count) => `${countOf(count, "named object")} not found`,
};

interface Asked {
  readonly asked: readonly Gate[];
  readonly summary: Summary;
}

function resultOf(gate: Gate, gated: Gated, { asked, summary }: Asked): Result {
  const count = gateCount(gate, gated);
  if (count === 0) return isKnown(gate, gated) ? { kind: "passed" } : { kind: "skipped", message: NOT_ALL };
  const message = NOUNS[gate](count);
  return asked.includes(gate)
    ? { kind: "failed", message, detail: DETAILS[gate]?.(gated, summary) ?? [] }
    : { kind: "skipped", message: `${message}; this run has no --fail-on ${gate}` };
}

const NOT_ALL = "none was found, but not all of the bucket was examined";

/** Whether a count of zero is the whole truth. */
function isKnown(gate: Gate, { scopes, buckets }: Gated): boolean {
  if (gate === "not-seen") return true;
  return gate === "no-default" ? buckets.length > 0 : scopes.every(({ closes }) => closes);
}

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
  const noncurrent = scopes.some((scope) => scope.noncurrent?.closes === false && scope.noncurrent.refused === null);
  if (state === "complete" && open.length === 0 && !noncurrent) return { kind: "passed" };
  const message = state === "complete" ? "the totals do not add up" : `the run ${RUN_STATE_WORDS[state]}`;
  return { kind: "failed", message, detail: open.map((scope) => `${placeOf(scope)}: ${closingWords(scope)}`) };
}

function examinedResult(bucket: string, summary: Summary, run: RunRecord): Result {
  const detail = emptyScopeWords(
    { ...summary, scopes: summary.scopes.filter((scope) => scope.bucket === bucket) },
    run,
  );
  if (detail.length === 0) return { kind: "passed" };
  const message = "nothing was examined";
  return allowsEmpty(run)
    ? { kind: "skipped", message: `${message}; this run has --allow-empty` }
    : { kind: "failed", message, detail };
}
