import { type Finding, is, notObservable, yes } from "../finding.js";
import type { Experiment } from "./experiment.js";
import { isSameAcl, putWithGrants } from "./put-with-grants.js";

export const objectAcl: Experiment = {
  topics: ["owner-of-writes", "object-acl", "acl-after-copy"],
  run: async (session) => {
    const put = await putWithGrants(session, "acl");
    const owner = ownerOf(put.ownerId);
    if (put.kind === "no-acl") return [owner, put.finding, notObservable("acl-after-copy", "no-acl")];
    const { sample, grants, usual } = put;
    const there = [owner, yes("object-acl", "getObjectAcl", "written and read")];
    const style = await session.copyStyle();
    if (style.kind === "refused") return [...there, notObservable("acl-after-copy", "copy-refused")];
    await session.store.copyObject({ ...sample, headers: style.headers });
    const { bucket, key } = sample;
    const after = (await session.store.getObjectAcl({ bucket, key })).grants;
    const value = isSameAcl(after, grants) ? "kept" : isSameAcl(after, usual) ? "reset" : "changed";
    return [...there, is("acl-after-copy", value, "getObjectAcl", `${after.length} grant(s), ${grants.length} before`)];
  },
};

function ownerOf(ownerId: string | null): Finding {
  if (ownerId === null) return notObservable("owner-of-writes", "no-acl");
  return is("owner-of-writes", ownerId, "getObjectAcl", "the owner of a throw-away object");
}
