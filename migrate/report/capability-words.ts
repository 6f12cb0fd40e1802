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

/** In a line, what the plans for a bucket were made from. */
export function capabilityWords(capabilities: BucketFindings["capabilities"]): string {
  if (capabilities === undefined) return "not probed";
  const known = Object.entries(TOLD).filter(([name]) => typeof capabilities.values[name] === "boolean");
  const answers = known.map(([name, words]) => `${words} ${capabilities.values[name] === true ? "yes" : "no"}`);
  return `${capabilities.from === "probe" ? "probed" : "documented"}: ${answers.join(", ")}`;
}
