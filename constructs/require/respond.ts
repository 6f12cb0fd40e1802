import { Annotations } from "cdktf";
import { addDefault } from "./add-default.js";
import { complaint } from "./complaint.js";
import type { Finding } from "./finding.js";
import type { RequireEncryptionProps } from "./require-encryption-props.js";

export type Response = "error" | "warn" | "fix" | "ignore";

/** What is to be done about a finding: only a bucket that has no default at all can be given one. */
export function responseTo(finding: Finding, { mode = "error", modules = "warn" }: RequireEncryptionProps): Response {
  if (finding.kind === "module") return modules;
  return mode === "fix" && finding.kind !== "no-default" ? "error" : mode;
}

/** Warns or mends; what is an error is left to the caller. */
export function respond(finding: Finding, response: Response): void {
  const annotations = Annotations.of(finding.construct);
  if (response === "warn") annotations.addWarning(complaint(finding));
  if (response === "fix" && finding.kind === "no-default") {
    addDefault(finding.construct);
    annotations.addInfo("RequireEncryption gave this bucket the SSE-S3 default (AES256) that it lacked");
  }
}
