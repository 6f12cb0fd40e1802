import { type Finding, failed, is, type NotObservable, no, notObservable, refusal, yes } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";
import type { Experiment } from "./experiment.js";
import { type Granted, isSameAcl, putWithGrants, type WithGrants } from "./put-with-grants.js";

/** Where GetObjectAcl answers there are lists, whatever becomes of grants that are sent. */
export const objectAcl: Experiment = {
  topics: ["owner-of-writes", "object-acl", "grant-form", "acl-sent-with-put", "acl-after-copy"],
  run: async (session) => {
    const put = await putWithGrants(session, "acl");
    if (put.kind === "granted") return [...ofGranted(put), await afterCopy(session, put)];
    if (put.kind === "ungranted") return [ownerOf(put.ownerId, "owner-unnamed"), ...ofUngranted(put)];
    return [ownerOf(null, put.kind === "unread" ? "acl-unreadable" : "no-acl"), ...ofUngranted(put)];
  },
};

function ofGranted({ ownerId, form }: Granted): Finding[] {
  return [
    ownerOf(ownerId),
    yes("object-acl", "getObjectAcl", "written and read"),
    is("grant-form", form, "putObject", "accepted, and among the grants"),
    yes("acl-sent-with-put", "getObjectAcl", "written and read"),
  ];
}

async function afterCopy({ store, copyStyle }: ProbeSession, { sample, grants, usual }: Granted): Promise<Finding> {
  const style = await copyStyle();
  if (style.kind === "refused") return notObservable("acl-after-copy", "copy-refused");
  await store.copyObject({ ...sample, headers: style.headers });
  const { bucket, key } = sample;
  const after = (await store.getObjectAcl({ bucket, key })).grants;
  const value = isSameAcl(after, grants) ? "kept" : isSameAcl(after, usual) ? "reset" : "changed";
  return is("acl-after-copy", value, "getObjectAcl", `${after.length} grant(s), ${grants.length} before`);
}

function ofUngranted(put: Exclude<WithGrants, Granted>): Finding[] {
  switch (put.kind) {
    case "no-acl":
      return [refusal("object-acl", put.error), ...unseen("no-acl")];
    case "unread":
      return [failed("object-acl", put.error), ...unseen("acl-unreadable")];
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

function unseen(because: "no-acl" | "acl-unreadable"): Finding[] {
  const topics = ["grant-form", "acl-sent-with-put", "acl-after-copy"] as const;
  return topics.map((topic) => notObservable(topic, because));
}

function ownerOf(ownerId: string | null, because: NotObservable = "no-acl"): Finding {
  if (ownerId === null) return notObservable("owner-of-writes", because);
  return is("owner-of-writes", ownerId, "getObjectAcl", "the owner of a throw-away object");
}
