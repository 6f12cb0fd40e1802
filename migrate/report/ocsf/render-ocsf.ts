import type { JournalRecord } from "../../journal/record.js";
import type { RunRecord } from "../../journal/run-record.js";
import { CONTROLS, STANDARDS } from "../controls.js";
import { timeOfRun } from "../run-state.js";
import type { Summary } from "../summary.js";
import type { ReportSource } from "../survey.js";
import {
  CHECK_STATUS,
  CHECKS,
  type Checked,
  type CheckStatus,
  findingId,
  idOf,
  OTHER_PREFIXES,
  type Resource,
  resourceUid,
  SEVERITY,
  type Severity,
} from "./check-kinds.js";
import { checkObject, checkVersion } from "./checks.js";
import { checkPrefixes, checkWholeBuckets, isRepeated, type Repeats, readRepeats, reportedUntil } from "./findings.js";

const LINES_A_CHUNK = 25;

/** ocsf.ndjson: a finding for each bucket, and one for each prefix. */
export async function* renderOcsf(source: ReportSource): AsyncGenerator<string> {
  const { run, survey } = source;
  const repeats = await readRepeats(source);
  for (const finding of findingsOfRun(survey.summary, run, repeats)) yield oneLineJson(finding);
}

/** ocsf-all.ndjson: the same, then one for every current object and noncurrent version. */
export async function* renderOcsfAll(source: ReportSource): AsyncGenerator<string> {
  const { run, readJournal } = source;
  yield* renderOcsf(source);
  const runMs = timeOfRun(run);
  const since = reportedUntil(run);
  let lines: string[] = [];
  for await (const record of readJournal()) {
    const checked = checkOf(record, runMs);
    if (checked !== null) lines.push(oneLineJson(toOcsf(checked, run, isRepeated(record, since))));
    if (lines.length >= LINES_A_CHUNK) {
      yield lines.join("");
      lines = [];
    }
  }
  yield lines.join("");
}

function checkOf(record: JournalRecord, runMs: number): Checked | null {
  if (record.kind === "outcome") return checkObject(record, runMs);
  return record.kind === "version" ? checkVersion(record, runMs) : null;
}

function* findingsOfRun(summary: Summary, run: RunRecord, repeats: Repeats): Generator<object> {
  for (const { checked, parts } of checkWholeBuckets(summary, run)) {
    yield toOcsf(checked, run, repeats.has(checked.resource), parts);
  }
  for (const checked of checkPrefixes(summary, run)) yield toOcsf(checked, run, repeats.has(checked.resource));
}

const OCSF_VERSION = "1.6.0";
const CLASS_UID = 2003;

const STANDARD_NAMES = CONTROLS.map(({ standard }) => STANDARDS[standard]);
const REQUIREMENTS = CONTROLS.map(({ standard, id }) => `${STANDARDS[standard]} ${id}`);

const CAPTIONS: Readonly<Record<CheckStatus | Severity, string>> = {
  pass: "Pass",
  warning: "Warning",
  fail: "Fail",
  informational: "Informational",
  low: "Low",
  medium: "Medium",
  high: "High",
};

/** OCSF's `activity_id`. */
const ACTIVITIES = { create: [1, "Create"], update: [2, "Update"] } as const;

/** The fields that say what a finding is, and whether an earlier report had one with the same id. */
function classOf(activity: keyof typeof ACTIVITIES) {
  const [id, name] = ACTIVITIES[activity];
  return {
    activity_id: id,
    activity_name: name,
    category_uid: 2,
    category_name: "Findings",
    class_uid: CLASS_UID,
    class_name: "Compliance Finding",
    type_uid: CLASS_UID * 100 + id,
    type_name: `Compliance Finding: ${name}`,
  };
}

/**
 * One Compliance Finding of OCSF 1.6.0 (class 2003). `finding_info.uid` identifies the check and its
 * resource, and is the same in every run. `metadata.uid` also identifies the run.
 */
function toOcsf(checked: Checked, run: RunRecord, isUpdate: boolean, parts: readonly Checked[] = []) {
  const { check, status, detail, remedy, resource, timeMs, unmapped } = checked;
  const { title, asks } = CHECKS[check];
  const uid = findingId(checked, run);
  return {
    ...classOf(isUpdate ? "update" : "create"),
    ...severityOf(checked),
    status_id: status === "pass" ? 4 : 1,
    status: status === "pass" ? "Resolved" : "New",
    time: timeMs,
    message: detail,
    metadata: {
      version: OCSF_VERSION,
      product: { name: run.tool.name, vendor_name: run.tool.name, version: run.tool.version },
      uid: idOf([run.id, uid]),
      correlation_uid: run.id,
    },
    finding_info: {
      ...{ uid, title, desc: asks, types: [check] },
      ...(isUpdate ? { modified_time: timeMs } : { created_time: timeMs }),
    },
    compliance: {
      control: title,
      desc: asks,
      standards: STANDARD_NAMES,
      requirements: REQUIREMENTS,
      ...statusOf(status),
      status_detail: detail,
      ...(parts.length === 0 ? {} : { checks: parts.map(partOf) }),
    },
    ...(status === "pass" ? {} : { remediation: { desc: remedy } }),
    resources: [resourceDetails(resource, run)],
    ...(unmapped === undefined ? {} : { unmapped }),
  };
}

/** One of the checks that make up the finding about a bucket. */
function partOf(checked: Checked) {
  const { title } = CHECKS[checked.check];
  return { uid: checked.check, name: title, desc: checked.detail, ...severityOf(checked), ...statusOf(checked.status) };
}

function severityOf({ status, severity: ifFailed }: Checked) {
  const severity: Severity = status === "pass" ? "informational" : status === "warning" ? "low" : ifFailed;
  return { severity_id: SEVERITY[severity], severity: CAPTIONS[severity] };
}

function statusOf(status: CheckStatus) {
  return { status_id: CHECK_STATUS[status], status: CAPTIONS[status] };
}

function resourceDetails(resource: Resource, run: RunRecord) {
  const { type, bucket, key, versionId, modifiedMs, data } = resource;
  return {
    uid: resourceUid(resource),
    name: key ?? bucket ?? OTHER_PREFIXES,
    type,
    namespace: run.endpoint,
    region: run.region,
    ...(versionId === null ? {} : { version: versionId }),
    ...(modifiedMs === null ? {} : { modified_time: modifiedMs }),
    ...(data === undefined ? {} : { data }),
  };
}

/**
 * Characters that JSON allows unescaped, but that a terminal interprets or a line reader treats as a line
 * end.
 */
const ESCAPED = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line of NDJSON, including its line end. Every JSON reader gets the same value. */
function oneLineJson(value: unknown): string {
  const text = JSON.stringify(value).replace(
    ESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
}
