import type { Capabilities, LostByWay } from "../model/capabilities.js";
import type { StrategyName } from "../model/reason.js";
import type { Answer, NotObservable, Topic } from "./answer.js";

/** Capabilities that a single finding determines. */
const SETTLED_BY = {
  sseS3: "put-with-sse",
  selfCopy: "self-copy",
  selfCopyReplacing: "self-copy-replacing",
  uploadPartCopy: "upload-part-copy",
  partCopyTakesPercent: "part-copy-percent",
  copyIfMatch: "copy-if-match",
  copySourceIfMatch: "copy-source-if-match",
  partCopySourceIfMatch: "part-copy-source-if-match",
  completeMultipartIfMatch: "complete-if-match",
  objectAcl: "object-acl",
  objectTagging: "object-tagging",
  headCountsTags: "tags-counted",
  copyKeepsTags: "tags-after-copy",
  copyTakesStorageClass: "storage-class-sent-with-copy",
} as const satisfies Partial<Record<keyof Capabilities, Topic>>;

/** The capabilities as found, or as documented if there is no finding. Pure. */
export function probedCapabilities(found: readonly Answer[], documented: Capabilities): Capabilities {
  const kinds = new Map(found.map(({ topic, kind }) => [topic, kind]));
  const settled = Object.entries(SETTLED_BY).flatMap(([name, topic]) => {
    const kind = kinds.get(topic);
    return kind === "yes" || kind === "no" ? [[name, kind === "yes"]] : [];
  });
  const form = etagForm(kinds, documented.etagForm);
  return {
    ...documented,
    ...Object.fromEntries(settled),
    ...(showsNoEncryption(kinds) ? { sseS3: false } : {}),
    ...both("copyKeepsMetadata", kinds.get("content-headers-after-copy"), kinds.get("metadata-after-copy")),
    ...both("taggingHeader", kinds.get("tagging-header-on-put"), kinds.get("tagging-header-on-upload")),
    ...putIfMatch(kinds, form),
    ...takesAcl(found),
    grantForm: grantForm(found) ?? documented.grantForm,
    etagForm: form,
    partEtagIsMd5: found.some((one) => one.topic === "part-etag" && one.kind === "is" && one.value === "md5"),
    lostBy: lostBy(found),
    ownerOfWrites: ownerOfWrites(found) ?? documented.ownerOfWrites,
  };
}

/** PUT accepts the header, but according to HEAD neither the object nor its copy is encrypted. */
function showsNoEncryption(kinds: ReadonlyMap<Topic, Answer["kind"]>): boolean {
  return kinds.get("head-sse-after-put") === "no" && kinds.get("head-sse-after-copy") === "no";
}

const WAYS: Readonly<Partial<Record<Topic, StrategyName>>> = {
  "kept-by-copy": "copy",
  "kept-by-copy-replacing": "copy-replacing",
  "kept-by-copy-in-parts": "copy-multipart",
  "kept-by-rewrite": "rewrite",
};

function lostBy(found: readonly Answer[]): LostByWay {
  const losses = found.flatMap((answer) => {
    const way = WAYS[answer.topic];
    const lost = answer.kind === "no" ? (answer.lost ?? []) : [];
    return way === undefined || lost.length === 0 ? [] : [[way, lost] as const];
  });
  return Object.fromEntries(losses);
}

/** One `no` decides. Otherwise at least one `yes` is needed. */
function both(name: keyof Capabilities, ...kinds: readonly (Answer["kind"] | undefined)[]): Partial<Capabilities> {
  if (kinds.includes("no")) return { [name]: false };
  return kinds.includes("yes") ? { [name]: true } : {};
}

const WRITES_WITH_ACL = {
  copyTakesAcl: "acl-sent-with-copy",
  putTakesAcl: "acl-sent-with-put",
  uploadTakesAcl: "acl-sent-with-upload",
} as const satisfies Partial<Record<keyof Capabilities, Topic>>;

/** Rejected grants prove nothing. Until a write is seen to accept grants, they are not sent with it. */
const UNPROVEN: ReadonlySet<NotObservable> = new Set(["grants-refused", "owner-unnamed", "acl-unreadable"]);

function takesAcl(found: readonly Answer[]): Partial<Capabilities> {
  const taken = Object.entries(WRITES_WITH_ACL).flatMap(([name, topic]) => {
    const answer = found.find((one) => one.topic === topic);
    const isUnproven = answer?.kind === "not-observable" && UNPROVEN.has(answer.because);
    if (isUnproven) return [[name, false]];
    return answer?.kind === "yes" || answer?.kind === "no" ? [[name, answer.kind === "yes"]] : [];
  });
  return Object.fromEntries(taken);
}

function grantForm(found: readonly Answer[]): Capabilities["grantForm"] | null {
  const answer = found.find(({ topic }) => topic === "grant-form");
  if (answer?.kind !== "is") return null;
  return answer.value === "bare" ? "bare" : "quoted";
}

function ownerOfWrites(found: readonly Answer[]): string | null {
  const answer = found.find(({ topic }) => topic === "owner-of-writes");
  return answer?.kind === "is" ? answer.value : null;
}

/** Uses the form in which the condition will be sent. */
function putIfMatch(kinds: ReadonlyMap<Topic, Answer["kind"]>, form: Capabilities["etagForm"]): Partial<Capabilities> {
  return both("putIfMatch", kinds.get(form === "quoted" ? "put-if-match-quoted" : "put-if-match-bare"));
}

/** The documented form, unless only the other one was seen to pass. */
function etagForm(kinds: ReadonlyMap<Topic, Answer["kind"]>, documented: Capabilities["etagForm"]) {
  const passes = { quoted: kinds.get("put-if-match-quoted"), bare: kinds.get("put-if-match-bare") };
  const other = documented === "quoted" ? "bare" : "quoted";
  return passes[documented] === "no" && passes[other] === "yes" ? other : documented;
}
