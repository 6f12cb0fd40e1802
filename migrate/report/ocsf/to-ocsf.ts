import { hash } from "node:crypto";
import type { RunRecord } from "../../journal/run-record.js";
import { CONTROLS } from "../controls/controls.js";
import { STANDARDS } from "../controls/standards.js";
import {
  CHECK_STATUS,
  CHECKS,
  type Checked,
  type CheckStatus,
  type Resource,
  SEVERITY,
  type Severity,
} from "./finding.js";

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

/**
 * One Compliance Finding of OCSF 1.6.0 (class 2003). `finding_info.uid` is of the check and what it was made of, the same in every run;
 * `metadata.uid` is of this very run besides.
 */
export function toOcsf(checked: Checked, run: RunRecord): Record<string, unknown> {
  const { check, status, detail, remedy, resource, timeMs, unmapped } = checked;
  const { title, asks } = CHECKS[check];
  const severity: Severity = status === "pass" ? "informational" : status === "warning" ? "low" : checked.severity;
  // A copy of a current object gets another version id, and is the same object to whoever keeps findings.
  const version = check === "older-version-encrypted" ? resource.versionId : null;
  const uid = idOf([run.endpoint, resource.bucket, resource.key, version, check]);
  return {
    activity_id: CREATE,
    activity_name: "Create",
    category_uid: 2,
    category_name: "Findings",
    class_uid: CLASS_UID,
    class_name: "Compliance Finding",
    type_uid: CLASS_UID * 100 + CREATE,
    type_name: "Compliance Finding: Create",
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
