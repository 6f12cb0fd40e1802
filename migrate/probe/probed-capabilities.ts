import type { Capabilities } from "../plan/capabilities.js";
import type { Finding, Topic } from "./finding.js";

/** Capabilities that one finding settles. */
const SETTLED_BY = {
  sseS3: "put-with-sse",
  selfCopy: "self-copy",
  copyIfMatch: "copy-if-match",
  copySourceIfMatch: "copy-source-if-match",
  completeMultipartIfMatch: "complete-if-match",
  objectAcl: "object-acl",
  objectTagging: "object-tagging",
} as const satisfies Partial<Record<keyof Capabilities, Topic>>;

/** What was found, and where nothing was found what is documented. Pure. */
export function probedCapabilities(found: readonly Finding[], documented: Capabilities): Capabilities {
  const kinds = new Map(found.map(({ topic, kind }) => [topic, kind]));
  const settled = Object.entries(SETTLED_BY).flatMap(([name, topic]) => {
    const kind = kinds.get(topic);
    return kind === "yes" || kind === "no" ? [[name, kind === "yes"]] : [];
  });
  return { ...documented, ...Object.fromEntries(settled), etagForm: etagForm(kinds, documented.etagForm) };
}

/** The documented form, unless the other alone was seen to pass. */
function etagForm(kinds: ReadonlyMap<Topic, Finding["kind"]>, documented: Capabilities["etagForm"]) {
  const passes = { quoted: kinds.get("put-if-match-quoted"), bare: kinds.get("put-if-match-bare") };
  const other = documented === "quoted" ? "bare" : "quoted";
  return passes[documented] === "no" && passes[other] === "yes" ? other : documented;
}
