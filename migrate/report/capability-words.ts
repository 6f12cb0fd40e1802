import type { BucketFindings } from "../journal/run-record.js";

/** What decides how an object is copied, by the name of the capability. */
const TOLD = {
  copyIfMatch: "If-Match on copy",
  completeMultipartIfMatch: "on completing an upload",
  putIfMatch: "on PUT",
  copySourceIfMatch: "on the source of a copy",
  uploadPartCopy: "copy in parts",
  copyKeepsMetadata: "a copy keeps metadata",
  copyKeepsTags: "tags",
} as const;

type Known = NonNullable<BucketFindings["capabilities"]>;

/** In a line, what the plans for a bucket were made from. */
export function capabilityWords(capabilities: BucketFindings["capabilities"]): string {
  if (capabilities === undefined) return "not probed";
  return `${capabilities.from === "probe" ? "probed" : "documented"}: ${answers(capabilities)}`;
}

function answers({ values }: Known): string {
  const known = Object.entries(TOLD).filter(([name]) => typeof values[name] === "boolean");
  return known.map(([name, words]) => `${words} ${values[name] === true ? "yes" : "no"}`).join(", ");
}
