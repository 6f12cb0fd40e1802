import type { RunRecord } from "../journal/run-record.js";
import { countOf, formatCount } from "../model/text.js";
import { encodeKey } from "./inventory.js";
import {
  CHECKS,
  type Checked,
  type CheckName,
  type CheckStatus,
  findingId,
  resourceUid,
  SEVERITY,
} from "./ocsf/check-kinds.js";
import { checkBuckets } from "./ocsf/checks.js";
import { checkPrefixes } from "./ocsf/findings.js";
import { runState } from "./run-state.js";
import type { Summary } from "./summary.js";
import type { ReportSource } from "./survey.js";
import { verdict } from "./verdict.js";

/** More than GitHub's code scanning shows of one run. */
const MAX_RESULTS = 5000;

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** report.sarif: SARIF 2.1.0, a result for each bucket and prefix whose check did not pass. */
export function renderSarif({ run, survey }: Omit<ReportSource, "readJournal">): string[] {
  const { summary } = survey;
  const open = openChecks(summary, run);
  const shown = open.slice(0, MAX_RESULTS);
  const { kind, headline } = verdict(summary, run);
  const sarifRun = {
    tool: { driver: { name: run.tool.name, version: run.tool.version, rules: RULES.map(ruleOf) } },
    automationDetails: { id: `${run.tool.name}/${run.command}/${run.endpoint}/`, guid: run.id },
    invocations: [
      {
        executionSuccessful: runState(run) === "complete",
        ...timesOf(run),
        ...notificationsOf(open.length - shown.length),
      },
    ],
    originalUriBaseIds: { [STORE]: { description: { text: `The buckets at ${run.endpoint}, region ${run.region}` } } },
    results: shown.map((checked) => resultOf(checked, run)),
    properties: { verdict: kind, headline, provider: run.provider, totals: summary.total },
  };
  return [`${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [sarifRun] }, null, 2)}\n`];
}

/** The checks that did not pass, the worst first. */
function openChecks(summary: Summary, run: RunRecord): readonly Checked[] {
  const ofPrefixes = [...checkPrefixes(summary, run)].filter(isOpen);
  const withPrefixes = new Set(ofPrefixes.map(({ resource }) => resource.bucket));
  // The objects of a bucket would be reported a second time, besides those of its prefixes.
  const ofBuckets = [...checkBuckets(summary, run)].filter(
    ({ check, resource }) => check !== "bucket-objects-encrypted" || !withPrefixes.has(resource.bucket),
  );
  return [...ofBuckets.filter(isOpen), ...ofPrefixes].toSorted(
    (a, b) => RANK[a.status] - RANK[b.status] || SEVERITY[b.severity] - SEVERITY[a.severity],
  );
}

const RANK: Readonly<Record<CheckStatus, number>> = { fail: 0, warning: 1, pass: 2 };

function isOpen({ status }: Checked): boolean {
  return status !== "pass";
}

/** The checks that a result can be about: none of a whole bucket, and none of a single object. */
const RULES: readonly CheckName[] = [
  "prefix-objects-encrypted",
  "bucket-objects-encrypted",
  "bucket-older-versions-encrypted",
  "bucket-default-encryption",
  "bucket-no-earlier-uploads",
  "bucket-seen",
];

function ruleOf(check: CheckName) {
  const { title, asks } = CHECKS[check];
  return { id: check, name: check, shortDescription: { text: title }, fullDescription: { text: asks } };
}

/** The base of all locations. It has no address of its own: a viewer would take it for a folder of sources. */
const STORE = "STORE";

function resultOf(checked: Checked, run: RunRecord) {
  const { check, status, detail, remedy, resource, unmapped, occurrences } = checked;
  const uid = resourceUid(resource);
  return {
    ruleId: check,
    ruleIndex: RULES.indexOf(check),
    level: status === "fail" ? "error" : "warning",
    message: { text: `${uid}: ${detail} ${remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeKey(uid.replace(/^s3:\/\//, "")), uriBaseId: STORE },
          // Code scanning shows no result without a line.
          region: { startLine: 1 },
        },
        logicalLocations: [{ fullyQualifiedName: uid, kind: resource.type }],
      },
    ],
    partialFingerprints: { "bucketseal/v1": findingId(checked, run) },
    ...(occurrences === undefined || occurrences === 0 ? {} : { occurrenceCount: occurrences }),
    ...(unmapped === undefined ? {} : { properties: unmapped }),
  };
}

function timesOf({ sessions }: RunRecord) {
  const [start, end] = [sessions[0]?.startedAt, sessions.at(-1)?.endedAt];
  return { ...(start ? { startTimeUtc: start } : {}), ...(end ? { endTimeUtc: end } : {}) };
}

function notificationsOf(more: number) {
  if (more === 0) return {};
  const text = `${countOf(more, "more result")} left out: this file has the first ${formatCount(MAX_RESULTS)}, the worst first.`;
  return { toolExecutionNotifications: [{ level: "warning", message: { text } }] };
}
