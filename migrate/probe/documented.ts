import type { Fact, ProviderProfile } from "../../providers/index.js";
import type { Topic } from "./answer.js";

/** A provider's documented answer to a topic, in a word, and its source. */
export interface Documented {
  readonly says: string;
  readonly source: string;
}

const NOWHERE: Documented = { says: "undocumented", source: "undocumented: probe it" };
const nowhere = () => NOWHERE;

/** By topic. Topics without a field in the profiles count as undocumented. */
const DOCUMENTED: Readonly<Record<Topic, (profile: ProviderProfile) => Documented>> = {
  versioning: ({ subResources }) => fromFact(subResources.versioning),
  "object-lock": ({ subResources }) => fromFact(subResources["object-lock"]),
  "default-encryption": ({ encryption }) => fromFact(encryption.unsetDefault, (value) => `unset: ${value}`),
  "listing-encoding": nowhere,
  "put-with-sse": ({ encryption }) => fromFact(encryption.sseS3),
  "head-sse-after-put": ({ encryption }) => fromFact(encryption.reportedOnHead),
  "put-without-sse": ({ encryption }) => fromFact(encryption.atRest, (value) => AT_REST[value]),
  "self-copy": ({ selfCopy }) => fromFact(selfCopy),
  "self-copy-replacing": nowhere,
  "head-sse-after-copy": ({ encryption }) => fromFact(encryption.reportedOnHead),
  "body-after-copy": nowhere,
  "etag-after-copy": nowhere,
  "content-headers-after-copy": nowhere,
  "metadata-after-copy": nowhere,
  "object-tagging": ({ objectTagging }) => fromFact(objectTagging),
  "tags-counted": nowhere,
  "tags-after-copy": nowhere,
  "tagging-header-on-put": nowhere,
  "tagging-header-on-upload": nowhere,
  "owner-of-writes": nowhere,
  "object-acl": ({ objectAcl }) => fromFact(objectAcl),
  "grant-form": nowhere,
  "acl-sent-with-put": nowhere,
  "acl-after-copy": nowhere,
  "acl-sent-with-copy": nowhere,
  "acl-sent-with-upload": nowhere,
  "storage-class-after-copy": nowhere,
  "storage-class-sent-with-copy": nowhere,
  "kept-by-copy": nowhere,
  "kept-by-copy-replacing": nowhere,
  "kept-by-copy-in-parts": nowhere,
  "kept-by-rewrite": nowhere,
  "put-if-match-quoted": ({ conditions }) => inForm(conditions, "quoted"),
  "put-if-match-bare": ({ conditions }) => inForm(conditions, "bare"),
  "copy-if-match": ({ conditions }) => fromFact(conditions.copyIfMatch),
  "copy-source-if-match": ({ conditions }) => fromFact(conditions.copySourceIfMatch),
  "upload-part-copy": nowhere,
  "part-copy-percent": nowhere,
  "part-etag": nowhere,
  "part-copy-source-if-match": nowhere,
  "complete-if-match": ({ conditions }) => fromFact(conditions.completeMultipartIfMatch),
  "read-retention": nowhere,
  "read-legal-hold": nowhere,
  "write-retention": nowhere,
  "write-legal-hold": nowhere,
};

const AT_REST: Readonly<Record<ProviderProfile["encryption"]["atRest"]["value"], string>> = {
  always: "always encrypted",
  "on-request": "plaintext",
  "new-objects": "AES256",
};

export function documentedAnswer(topic: Topic, profile: ProviderProfile): Documented {
  return DOCUMENTED[topic](profile);
}

/** Whether the documentation promises what the bucket does not do, or rules out what it does. */
export function contradicts(kind: string, { says }: Documented): boolean {
  return (kind === "no" && says === "supported") || (kind === "yes" && says === "unsupported");
}

function fromFact<Value extends string>(
  { value, source }: Fact<Value>,
  words: (value: Value) => string = String,
): Documented {
  return value === "undocumented" ? { says: value, source } : { says: words(value), source };
}

function inForm({ putIfMatch, etagForm }: ProviderProfile["conditions"], form: "quoted" | "bare"): Documented {
  if (putIfMatch.value !== "supported") return fromFact(putIfMatch);
  return etagForm.value === form ? fromFact(putIfMatch) : fromFact(etagForm, (value) => `${value} ETags`);
}
