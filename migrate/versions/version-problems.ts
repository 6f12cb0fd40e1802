import type { ConfirmRemoval } from "../model/policy.js";
import type { Fields } from "../options/fields.js";

type Given = Pick<Fields, "to" | "versions" | "noncurrent" | "yes" | "confirm" | "dryRun">;

/** What is wrong with the options about versions taken together. */
export function versionProblems({ to, versions, noncurrent, yes, confirm, dryRun }: Given): string[] {
  if (versions === "current") {
    return yes ? ["--yes: nothing is to be confirmed without --versions replay or --versions purge"] : [];
  }
  const problems: string[] = [];
  if (!noncurrent) problems.push(`--no-noncurrent: older versions have to be looked at for --versions ${versions}`);
  if (versions === "replay" && to !== "sse-s3") {
    problems.push(`--to ${to}: --versions replay re-creates older versions with SSE-S3 alone`);
  }
  if (!yes && !dryRun && confirm === undefined) {
    problems.push(`--versions ${versions} removes versions for good: give --yes, or (library) a confirm function`);
  }
  return problems;
}

/** Whom to ask; `null` where the answer was given with the options. */
export function confirmOf({ yes, confirm }: Pick<Given, "yes" | "confirm">): ConfirmRemoval | null {
  return yes ? null : (confirm ?? null);
}
