import { hash } from "node:crypto";
import type { JournalRecord } from "../../journal/record.js";
import type { RunRecord } from "../../journal/run-record.js";
import { CONTROLS, STANDARDS } from "../controls.js";
import { timeOfRun } from "../run-state.js";
import type { ReportSource } from "../survey.js";
import {
  CHECK_STATUS,
  CHECKS,
  type Checked,
  type CheckStatus,
  type Resource,
  SEVERITY,
  type Severity,
} from "./check-kinds.js";
import { checkBuckets, checkObject, checkVersion } from "./checks.js";

const LINES_A_CHUNK = 25;

/** ocsf.ndjson: the checks of each bucket, then every object and noncurrent version that did not pass. */
export function renderOcsf(source: ReportSource): AsyncGenerator<string> {
  return render(source, ({ status }) => status !== "pass");
}

/** ocsf-all.ndjson: the same, including checks that passed. */
export function renderOcsfAll(source: ReportSource): AsyncGenerator<string> {
  return render(source, () => true);
}

async function* render(
  { run, survey, readJournal }: ReportSource,
  isTold: (checked: Checked) => boolean,
): AsyncGenerator<string> {
  const runMs = timeOfRun(run);
  const lineOf = (checked: Checked) => oneLineJson(toOcsf(checked, run));
  let lines: string[] = [];
  for (const checked of checkBuckets(survey.summary, run)) lines.push(lineOf(checked));
  for await (const record of readJournal()) {
    const checked = checkOf(record, runMs);
    if (checked !== null && isTold(checked)) lines.push(lineOf(checked));
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

const OCSF_VERSION = "1.6.0";
const CREATE = 1;
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

/** The fields that are the same in every finding. */
const OF_ALL = {
  activity_id: CREATE,
  activity_name: "Create",
  category_uid: 2,
  category_name: "Findings",
  class_uid: CLASS_UID,
  class_name: "Compliance Finding",
  type_uid: CLASS_UID * 100 + CREATE,
  type_name: "Compliance Finding: Create",
};

/**
 * One Compliance Finding of OCSF 1.6.0 (class 2003). `finding_info.uid` identifies the check and its
 * resource, and is the same in every run. `metadata.uid` also identifies the run.
 */
function toOcsf(checked: Checked, run: RunRecord): Record<string, unknown> {
  const { check, status, detail, remedy, resource, timeMs, unmapped } = checked;
  const { title, asks } = CHECKS[check];
  const severity: Severity = status === "pass" ? "informational" : status === "warning" ? "low" : checked.severity;
  // A copy of a current object gets a new version ID, but is the same object for a system that tracks
  // findings.
  const version = check === "older-version-encrypted" ? resource.versionId : null;
  const uid = idOf([run.endpoint, resource.bucket, resource.key, version, check]);
  return {
    ...OF_ALL,
    severity_id: SEVERITY[severity],
    severity: CAPTIONS[severity],
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
    finding_info: { uid, title, desc: asks, created_time: timeMs, types: [check] },
    compliance: {
      control: title,
      desc: asks,
      standards: STANDARD_NAMES,
      requirements: REQUIREMENTS,
      status_id: CHECK_STATUS[status],
      status: CAPTIONS[status],
      status_detail: detail,
    },
    ...(status === "pass" ? {} : { remediation: { desc: remedy } }),
    resources: [resourceDetails(resource, run)],
    ...(unmapped === undefined ? {} : { unmapped }),
  };
}

function resourceDetails({ type, bucket, key, versionId, modifiedMs, data }: Resource, run: RunRecord) {
  return {
    uid: key === null ? `s3://${bucket}` : `s3://${bucket}/${key}`,
    name: key ?? bucket,
    type,
    namespace: run.endpoint,
    region: run.region,
    ...(versionId === null ? {} : { version: versionId }),
    ...(modifiedMs === null ? {} : { modified_time: modifiedMs }),
    ...(data === undefined ? {} : { data }),
  };
}

function idOf(parts: readonly unknown[]): string {
  return hash("sha256", JSON.stringify(parts)).slice(0, 32);
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
