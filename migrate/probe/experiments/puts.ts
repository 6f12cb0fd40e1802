import type { ProviderProfile } from "../../../providers/index.js";
import type { Grant } from "../../store/answers.js";
import type { ObjectAcl, ObjectInput, ObjectStore, RequestHeaders } from "../../store/object-store.js";
import type { StoreError } from "../../store/store-error.js";
import { type Answer, is, type NotObservable, no, notObservable, refusal, type Topic, yes } from "../answer.js";
import { type CallResult, tryCall } from "../calls.js";
import { copyExperiment, type Experiment, type ProbeSession, type Sample, SSE_HEADER } from "../probe-session.js";

const HEADER = "x-amz-server-side-encryption";

/** The encryption of an object according to HEAD; `null` if HEAD returns none. */
export async function sseOnHead(store: ObjectStore, { bucket, key }: ObjectInput): Promise<string | null> {
  return (await store.headObject({ bucket, key })).headers[HEADER] ?? null;
}

/** Checks that HEAD returns AES256 for an object that was written with it. */
export async function reportsSse(topic: Topic, store: ObjectStore, object: ObjectInput): Promise<Answer> {
  const sse = await sseOnHead(store, object);
  if (sse === "AES256") return yes(topic, "headObject", "AES256");
  return no(topic, "headObject", sse === null ? `no ${HEADER}` : `${HEADER}: ${sse}`);
}

const putWithSse: Experiment = {
  topics: ["put-with-sse", "head-sse-after-put"],
  run: async (session) => {
    const put = await tryCall(session.put("with-sse", SSE_HEADER));
    if (put.kind === "refused") {
      return [refusal("put-with-sse", put.error), notObservable("head-sse-after-put", "sse-refused")];
    }
    const seen = await reportsSse("head-sse-after-put", session.store, put.value);
    return [yes("put-with-sse", "putObject", "accepted"), seen];
  },
};

const putWithoutSse: Experiment = {
  topics: ["put-without-sse"],
  run: async ({ store, put }) => {
    const sse = await sseOnHead(store, await put("without-sse"));
    return [is("put-without-sse", sse ?? "nothing", "headObject", "of an object that was put without the header")];
  },
};

/** The form of a grantee in `x-amz-grant-*`: `id="..."` or `id=...`. */
type GrantForm = "quoted" | "bare";

export interface Granted {
  readonly kind: "granted";
  readonly sample: Sample;
  /** The headers that request these grants. */
  readonly headers: RequestHeaders;
  readonly form: GrantForm;
  readonly grants: readonly Grant[];
  /** The grants of an object that requests none. */
  readonly usual: readonly Grant[];
  readonly ownerId: string;
}

export type WithGrants =
  | Granted
  /** The store reports that it does not implement the call. */
  | { readonly kind: "no-acl"; readonly error: StoreError }
  /** The store may or may not support ACLs. */
  | { readonly kind: "unread"; readonly error: StoreError }
  /**
   * The store supports ACLs, but none could be sent with PUT. `null` if the store accepted the grants and
   * dropped them, or if no grantee could be named.
   */
  | {
      readonly kind: "ungranted";
      readonly ownerId: string | null;
      readonly because: NotObservable;
      readonly error: StoreError | null;
    };

/** The first object of a probe, which asks for nothing special. */
export function firstObject({ put }: ProbeSession): Promise<Sample> {
  return put("first");
}

/** The access control list of an object that asked for none, or the store's refusal. */
export async function usualAcl({ store, shared }: ProbeSession): Promise<CallResult<ObjectAcl>> {
  return tryCall(store.getObjectAcl(addressOf(await shared(firstObject))));
}

/**
 * Puts an object with grants to its owner only, so that nobody else gains access. The grants differ from the
 * owner's usual ones, since some stores merge the grants of one grantee.
 *
 * | GetObjectAcl | PUT with grants, quoted, then bare | found |
 * |---|---|---|
 * | 501 | - | no-acl |
 * | refused otherwise | - | unread |
 * | read | either is accepted, and the list changed | granted |
 * | read | both are refused, or the list is the usual one | ungranted |
 */
export async function putWithGrants({ store, put, shared }: ProbeSession): Promise<WithGrants> {
  const read = await shared(usualAcl);
  if (read.kind === "refused") {
    return { kind: read.error.kind === "not-implemented" ? "no-acl" : "unread", error: read.error };
  }
  const { ownerId, grants: usual } = read.value;
  if (!ownerId) return { kind: "ungranted", ownerId: null, because: "owner-unnamed", error: null };
  let error: StoreError | null = null;
  for (const form of ["quoted", "bare"] as const) {
    const headers = ownersGrants(ownerId, form);
    const sample: CallResult<Sample> = await tryCall(put("acl", headers));
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

const STANDARD = "STANDARD";
/** Almost every store with a second class supports it. */
const PREFERRED = "STANDARD_IA";

type InOtherClass =
  | { readonly kind: "stored"; readonly sample: Sample; readonly name: string }
  | { readonly kind: "not-stored"; readonly because: NotObservable };

/** Puts an object in a class other than the default one, if the provider documents one. */
export async function putInOtherClass(session: ProbeSession, objectName: string): Promise<InOtherClass> {
  const name = otherClass(session.provider);
  if (name === null) return { kind: "not-stored", because: "no-class-listed" };
  const sample = await tryCall(session.put(objectName, { "x-amz-storage-class": name }));
  if (sample.kind === "refused" || (await classOf(session, sample.value)) !== name) {
    return { kind: "not-stored", because: "class-refused" };
  }
  return { kind: "stored", sample: sample.value, name };
}

export async function classOf({ store }: ProbeSession, { bucket, key }: Sample): Promise<string> {
  const { headers } = await store.headObject({ bucket, key });
  return headers["x-amz-storage-class"] ?? STANDARD;
}

/** A class that is readable at once. */
function otherClass({ storageClasses }: ProviderProfile): string | null {
  const names = storageClasses.value.filter(({ access }) => access === "online").map(({ name }) => name);
  const others = names.filter((name) => name !== STANDARD);
  return others.find((name) => name === PREFERRED) ?? others[0] ?? null;
}

const TOPIC = "storage-class-after-copy";

const storageClass = copyExperiment(TOPIC, async (session, { headers }) => {
  const put = await putInOtherClass(session, "class");
  if (put.kind === "not-stored") return notObservable(TOPIC, put.because);
  const { sample, name } = put;
  await session.store.copyObject({ ...sample, headers });
  const after = await classOf(session, sample);
  return is(TOPIC, after === name ? "kept" : "reset", "headObject", `${name} is ${after} after it`);
});

export const PUTS: readonly Experiment[] = [putWithSse, putWithoutSse, storageClass];
