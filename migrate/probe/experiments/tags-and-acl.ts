import { isDeepStrictEqual } from "node:util";
import type { ObjectInput, ObjectStore } from "../../store/object-store.js";
import { allEnded } from "../../store/operations.js";
import { type Answer, failed, is, type NotObservable, no, notObservable, refusal, type Topic, yes } from "../answer.js";
import { type CallResult, tryCall } from "../calls.js";
import { copyStyle, type Experiment, type ProbeSession, type Sample } from "../probe-session.js";
import { copiesParts, copyInParts } from "./part-copies.js";
import { type Granted, isSameAcl, putWithGrants, type WithGrants } from "./puts.js";

const HEADERS = { "x-amz-tagging": "bucketseal=probe" };

/** Tags that are sent with the object instead of in a separate call. */
const taggingHeader: Experiment = {
  topics: ["tagging-header-on-put", "tagging-header-on-upload"],
  run: async (session) => {
    if ((await session.finding("object-tagging"))?.kind !== "yes") {
      return taggingHeader.topics.map((topic) => notObservable(topic, "no-tags"));
    }
    return allEnded([onPut(session), onUpload(session)]);
  },
};

async function onPut(session: ProbeSession): Promise<Answer> {
  const put = await tryCall(session.put("tagging-header", HEADERS));
  return honoured("tagging-header-on-put", put, session.store);
}

async function onUpload(session: ProbeSession): Promise<Answer> {
  const topic = "tagging-header-on-upload";
  if (!(await copiesParts(session))) return notObservable(topic, "part-copy-refused");
  const { bucket, key, body } = await session.put("tagging-upload");
  const object = { bucket, key };
  const upload = await tryCall(copyInParts(session.store, { ...object, body }, HEADERS));
  if (upload.kind === "refused") return refusal(topic, upload.error);
  await session.store.completeMultipartUpload({ ...object, ...upload.value, headers: {} });
  return honoured(topic, { kind: "accepted", value: object }, session.store);
}

async function honoured(topic: Topic, written: CallResult<ObjectInput>, store: ObjectStore): Promise<Answer> {
  if (written.kind === "refused") return refusal(topic, written.error);
  const { bucket, key } = written.value;
  const same = isDeepStrictEqual(await store.getObjectTagging({ bucket, key }), TAGS);
  return (same ? yes : no)(topic, "getObjectTagging", same ? "the tags are there" : "accepted, and the tags dropped");
}

const TAGS = [{ key: "bucketseal", value: "probe" }];

/** An object that is tagged after it was put. */
function objectToTag({ put }: ProbeSession): Promise<Sample> {
  return put("tags");
}

const objectTags: Experiment = {
  topics: ["object-tagging", "tags-counted"],
  run: async ({ store, shared }) => {
    const { bucket, key } = await shared(objectToTag);
    const tagged = await tryCall(store.putObjectTagging({ bucket, key, tags: TAGS }));
    const [read, seen] = await allEnded([
      tryCall(store.getObjectTagging({ bucket, key })),
      tagged.kind === "accepted" ? store.headObject({ bucket, key }) : null,
    ]);
    if (read.kind === "refused") {
      // Only this error shows that objects have no tags. Any other may have another cause.
      const isNone = read.error.kind === "not-implemented";
      const tagging = isNone ? refusal("object-tagging", read.error) : failed("object-tagging", read.error);
      return [tagging, notObservable("tags-counted", isNone ? "no-tags" : "tags-not-kept")];
    }
    if (tagged.kind === "refused" || seen === null || !isDeepStrictEqual(read.value, TAGS)) {
      const detail =
        tagged.kind === "refused" ? `read; PUT is refused: ${tagged.error.facts.code}` : "read; PUT drops them";
      return [yes("object-tagging", "getObjectTagging", detail), notObservable("tags-counted", "tags-not-kept")];
    }
    const counted = seen.headers["x-amz-tagging-count"];
    return [
      yes("object-tagging", "getObjectTagging", "written and read"),
      (counted === "1" ? yes : no)("tags-counted", "headObject", `${counted ?? "no"} x-amz-tagging-count, of one tag`),
    ];
  },
};

const AFTER_COPY = "tags-after-copy";

const tagsAfterCopy: Experiment = {
  topics: [AFTER_COPY],
  run: async ({ store, shared, finding }) => {
    // It is known once an object's tags were written and read.
    const counted = await finding("tags-counted");
    if (counted?.kind === "not-observable" || counted?.kind === "failed") return [{ ...counted, topic: AFTER_COPY }];
    const style = await shared(copyStyle);
    if (style.kind === "refused") return [notObservable(AFTER_COPY, "copy-refused")];
    const sample = await shared(objectToTag);
    const { bucket, key } = sample;
    await store.copyObject({ ...sample, headers: { ...style.headers, "x-amz-tagging-directive": "COPY" } });
    const after = await store.getObjectTagging({ bucket, key });
    const same = isDeepStrictEqual(after, TAGS);
    return [(same ? yes : no)(AFTER_COPY, "getObjectTagging", same ? "all of them" : "dropped")];
  },
};

/** If GetObjectAcl succeeds, the store supports ACLs, whatever happens to grants that are sent. */
const objectAcl: Experiment = {
  topics: ["owner-of-writes", "object-acl", "grant-form", "acl-sent-with-put", "acl-after-copy"],
  run: async (session) => {
    const put = await session.shared(putWithGrants);
    if (put.kind === "granted") return [...answersIfGranted(put), await afterCopy(session, put)];
    if (put.kind === "ungranted") return [ownerOf(put.ownerId, "owner-unnamed"), ...answersIfUngranted(put)];
    return [ownerOf(null, put.kind === "unread" ? "acl-unreadable" : "no-acl"), ...answersIfUngranted(put)];
  },
};

function answersIfGranted({ ownerId, form }: Granted): Answer[] {
  return [
    ownerOf(ownerId),
    yes("object-acl", "getObjectAcl", "written and read"),
    is("grant-form", form, "putObject", "accepted, and among the grants"),
    yes("acl-sent-with-put", "getObjectAcl", "written and read"),
  ];
}

async function afterCopy({ store, shared }: ProbeSession, { sample, grants, usual }: Granted): Promise<Answer> {
  const style = await shared(copyStyle);
  if (style.kind === "refused") return notObservable("acl-after-copy", "copy-refused");
  await store.copyObject({ ...sample, headers: style.headers });
  const { bucket, key } = sample;
  const after = (await store.getObjectAcl({ bucket, key })).grants;
  const value = isSameAcl(after, grants) ? "kept" : isSameAcl(after, usual) ? "reset" : "changed";
  return is("acl-after-copy", value, "getObjectAcl", `${after.length} grant(s), ${grants.length} before`);
}

function answersIfUngranted(put: Exclude<WithGrants, Granted>): Answer[] {
  switch (put.kind) {
    case "no-acl":
      return [refusal("object-acl", put.error), ...unseenAcl("no-acl")];
    case "unread":
      return [failed("object-acl", put.error), ...unseenAcl("acl-unreadable")];
    case "ungranted": {
      const { because, error } = put;
      const sent =
        error === null
          ? no("acl-sent-with-put", "getObjectAcl", "accepted, and the grants dropped")
          : refusal("acl-sent-with-put", error, "refused, quoted and unquoted");
      return [
        yes("object-acl", "getObjectAcl", "read"),
        notObservable("grant-form", because),
        because === "owner-unnamed" ? notObservable("acl-sent-with-put", because) : sent,
        notObservable("acl-after-copy", because),
      ];
    }
  }
}

function unseenAcl(because: "no-acl" | "acl-unreadable"): Answer[] {
  const topics = ["grant-form", "acl-sent-with-put", "acl-after-copy"] as const;
  return topics.map((topic) => notObservable(topic, because));
}

function ownerOf(ownerId: string | null, because: NotObservable = "no-acl"): Answer {
  if (ownerId === null) return notObservable("owner-of-writes", because);
  return is("owner-of-writes", ownerId, "getObjectAcl", "the owner of a test object");
}

export const TAGS_AND_ACL: readonly Experiment[] = [objectTags, tagsAfterCopy, taggingHeader, objectAcl];
