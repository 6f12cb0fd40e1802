import type { Grant } from "../../store/answers.js";
import type { RequestHeaders } from "../../store/object-store.js";
import { attempt } from "../attempt.js";
import { type Finding, no, refusal } from "../finding.js";
import type { ProbeSession, Sample } from "../probe-session.js";

export interface Granted {
  readonly kind: "granted";
  readonly sample: Sample;
  /** What asks for these grants. */
  readonly headers: RequestHeaders;
  readonly grants: readonly Grant[];
  /** What an object has that asks for none. */
  readonly usual: readonly Grant[];
  readonly ownerId: string;
}

interface NoAcl {
  readonly kind: "no-acl";
  readonly finding: Finding;
  /** `null` where the list cannot be read, or names none. */
  readonly ownerId: string | null;
}

/** Puts an object with a grant to the owner alone, so that nothing is shown to anybody. */
export async function putWithGrants({ store, put }: ProbeSession, name: string): Promise<Granted | NoAcl> {
  const read = await attempt(store.getObjectAcl(addressOf(await put(name))));
  if (read.kind === "refused") return noAcl(refusal("object-acl", read.error));
  const { ownerId, grants: usual } = read.value;
  if (!ownerId) return noAcl(no("object-acl", "getObjectAcl", "the answer names no owner"));
  const headers = ownersGrants(ownerId);
  const sample = await attempt(put(name, headers));
  if (sample.kind === "refused") return noAcl(refusal("object-acl", sample.error), ownerId);
  const { grants } = await store.getObjectAcl(addressOf(sample.value));
  if (isSameAcl(grants, usual))
    return noAcl(no("object-acl", "getObjectAcl", "accepted, and the grants dropped"), ownerId);
  return { kind: "granted", sample: sample.value, headers, grants, usual, ownerId };
}

export function isSameAcl(left: readonly Grant[], right: readonly Grant[]): boolean {
  const words = (grants: readonly Grant[]) =>
    grants.map(({ permission, grantee }) => `${permission} ${grantee.kind} ${grantee.value}`).sort();
  return words(left).join("\n") === words(right).join("\n");
}

function ownersGrants(ownerId: string): RequestHeaders {
  const owner = `id="${ownerId}"`;
  return { "x-amz-grant-full-control": owner, "x-amz-grant-read": owner };
}

function addressOf({ bucket, key }: Sample) {
  return { bucket, key };
}

function noAcl(finding: Finding, ownerId: string | null = null): NoAcl {
  return { kind: "no-acl", finding, ownerId };
}
