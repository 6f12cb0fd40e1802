import type { Grant } from "../../store/answers.js";
import { type Attempt, attempt } from "../attempt.js";
import { type Finding, is, no, notObservable, refusal, yes } from "../finding.js";
import type { ProbeSession } from "../probe-session.js";
import type { Experiment } from "./experiment.js";

/** With a grant to the owner alone, so that nothing is shown to anybody. */
export const objectAcl: Experiment = {
  topics: ["object-acl", "acl-after-copy"],
  run: async (session) => {
    const plain = await session.put("acl");
    const read = await attempt(session.store.getObjectAcl(addressOf(plain)));
    if (read.kind === "refused") return [refusal("object-acl", read.error), NO_ACL];
    const { ownerId, grants: usual } = read.value;
    if (ownerId === null) return [no("object-acl", "getObjectAcl", "the answer names no owner"), NO_ACL];
    const put = await attempt(session.put("acl", ownersGrants(ownerId)));
    return put.kind === "refused" ? [refusal("object-acl", put.error), NO_ACL] : afterCopy(session, put, usual);
  },
};

const NO_ACL = notObservable("acl-after-copy", "no-acl");

async function afterCopy(
  { store, copyStyle }: ProbeSession,
  { value: sample }: Extract<Attempt<Awaited<ReturnType<ProbeSession["put"]>>>, { kind: "accepted" }>,
  usual: readonly Grant[],
): Promise<Finding[]> {
  const granted = (await store.getObjectAcl(addressOf(sample))).grants;
  if (isSame(granted, usual)) return [no("object-acl", "getObjectAcl", "accepted, and the grants dropped"), NO_ACL];
  const there = yes("object-acl", "getObjectAcl", "written and read");
  const style = await copyStyle();
  if (style.kind === "refused") return [there, notObservable("acl-after-copy", "copy-refused")];
  await store.copyObject({ ...sample, headers: style.headers });
  const after = (await store.getObjectAcl(addressOf(sample))).grants;
  const value = isSame(after, granted) ? "kept" : isSame(after, usual) ? "reset" : "changed";
  return [there, is("acl-after-copy", value, "getObjectAcl", `${after.length} grant(s), ${granted.length} before`)];
}

function ownersGrants(ownerId: string) {
  const owner = `id="${ownerId}"`;
  return { "x-amz-grant-full-control": owner, "x-amz-grant-read": owner };
}

function addressOf({ bucket, key }: { readonly bucket: string; readonly key: string }) {
  return { bucket, key };
}

function isSame(left: readonly Grant[], right: readonly Grant[]): boolean {
  const words = (grants: readonly Grant[]) =>
    grants.map(({ permission, grantee }) => `${permission} ${grantee.kind} ${grantee.value}`).sort();
  return words(left).join("\n") === words(right).join("\n");
}
