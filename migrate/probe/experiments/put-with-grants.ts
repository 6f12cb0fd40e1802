import type { Grant } from "../../store/answers.js";
import type { RequestHeaders } from "../../store/object-store.js";
import type { StoreError } from "../../store/store-error.js";
import { type Attempt, attempt } from "../attempt.js";
import type { NotObservable } from "../finding.js";
import type { ProbeSession, Sample } from "../probe-session.js";

/** How `x-amz-grant-*` names a grantee: `id="..."` or `id=...`. */
export type GrantForm = "quoted" | "bare";

export interface Granted {
  readonly kind: "granted";
  readonly sample: Sample;
  /** What asks for these grants. */
  readonly headers: RequestHeaders;
  readonly form: GrantForm;
  readonly grants: readonly Grant[];
  /** What an object has that asks for none. */
  readonly usual: readonly Grant[];
  readonly ownerId: string;
}

export type WithGrants =
  | Granted
  /** The store says that it has no such call. */
  | { readonly kind: "no-acl"; readonly error: StoreError }
  /** There may be lists, or not. */
  | { readonly kind: "unread"; readonly error: StoreError }
  /** There are lists, and none could be sent with PUT. `null` where the store took the grants and dropped them, or none could be named. */
  | {
      readonly kind: "ungranted";
      readonly ownerId: string | null;
      readonly because: NotObservable;
      readonly error: StoreError | null;
    };

/**
 * Puts an object with grants to its owner alone, so that nothing is shown to anybody. They are other ones than an owner has anyway, since
 * some stores merge what one grantee is granted.
 *
 * | GetObjectAcl | PUT with grants, quoted, then bare | found |
 * |---|---|---|
 * | 501 | - | no-acl |
 * | refused otherwise | - | unread |
 * | read | either is taken, and the list changed | granted |
 * | read | both are refused, or the list is the usual one | ungranted |
 */
export async function putWithGrants({ store, put }: ProbeSession, name: string): Promise<WithGrants> {
  const read = await attempt(store.getObjectAcl(addressOf(await put(name))));
  if (read.kind === "refused") {
    return { kind: read.error.kind === "not-implemented" ? "no-acl" : "unread", error: read.error };
  }
  const { ownerId, grants: usual } = read.value;
  if (!ownerId) return { kind: "ungranted", ownerId: null, because: "owner-unnamed", error: null };
  let error: StoreError | null = null;
  for (const form of ["quoted", "bare"] as const) {
    const headers = ownersGrants(ownerId, form);
    const sample: Attempt<Sample> = await attempt(put(name, headers));
    if (sample.kind === "refused") {
      error ??= sample.error;
      continue;
    }
    const { grants } = await store.getObjectAcl(addressOf(sample.value));
    if (isSameAcl(grants, usual)) continue;
    return { kind: "granted", sample: sample.value, headers, form, grants, usual, ownerId };
  }
  return { kind: "ungranted", ownerId, because: "grants-refused", error };
}

export function isSameAcl(left: readonly Grant[], right: readonly Grant[]): boolean {
  const words = (grants: readonly Grant[]) =>
    grants.map(({ permission, grantee }) => `${permission} ${grantee.kind} ${grantee.value}`).sort();
  return words(left).join("\n") === words(right).join("\n");
}

function ownersGrants(ownerId: string, form: GrantForm): RequestHeaders {
  const owner = form === "quoted" ? `id="${ownerId}"` : `id=${ownerId}`;
  return { "x-amz-grant-read": owner, "x-amz-grant-read-acp": owner };
}

function addressOf({ bucket, key }: Sample) {
  return { bucket, key };
}
