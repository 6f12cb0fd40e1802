import { allEnded } from "../../store/operations.js";
import { type Answer, evidenceOf, failed, is, LOCKS_BY_DEFAULT, no, notObservable, refusal, yes } from "../answer.js";
import { tryCall } from "../calls.js";
import type { Experiment, ProbeSession, Sample } from "../probe-session.js";

const VALUES = { Enabled: "enabled", Suspended: "suspended" } as const;

const versioning: Experiment = {
  topics: ["versioning"],
  run: async ({ store, bucket }) => {
    const answer = await tryCall(store.getBucketVersioning({ bucket }));
    if (answer.kind === "refused") {
      // Only this error shows that there is no versioning. Any other may have another cause.
      return [(answer.error.kind === "not-implemented" ? refusal : failed)("versioning", answer.error)];
    }
    const value = answer.value === null ? "never" : VALUES[answer.value];
    return [is("versioning", value, "getBucketVersioning", `the bucket says ${answer.value ?? "nothing"}`)];
  },
};

const objectLock: Experiment = {
  topics: ["object-lock"],
  run: async ({ store, bucket }) => {
    const answer = await tryCall(store.getObjectLockConfiguration({ bucket }));
    if (answer.kind === "accepted") {
      const { enabled, locksByDefault } = answer.value;
      const value = locksByDefault ? LOCKS_BY_DEFAULT : enabled ? "on" : "off";
      const detail = locksByDefault ? "there is a default retention" : "there is no default retention";
      return [is("object-lock", value, "getObjectLockConfiguration", detail)];
    }
    const { error } = answer;
    if (error.kind === "not-implemented") return [refusal("object-lock", error)];
    if (error.kind !== "not-found") return [failed("object-lock", error)];
    return [{ topic: "object-lock", kind: "is", value: "off", evidence: evidenceOf(error, "none is configured") }];
  },
};

/** The answers of various stores to GetBucketEncryption if no default was configured. */
export const UNSET_DEFAULTS: readonly string[] = ["not-found", "empty", "plaintext"];

const defaultEncryption: Experiment = {
  topics: ["default-encryption"],
  run: async ({ store, bucket }) => {
    const answer = await tryCall(store.getBucketEncryption({ bucket }));
    if (answer.kind === "accepted") {
      const [value = "empty"] = answer.value;
      return [is("default-encryption", value, "getBucketEncryption", `${answer.value.length} rule(s)`)];
    }
    const { error } = answer;
    if (error.kind === "not-implemented") return [refusal("default-encryption", error)];
    if (error.kind !== "not-found") return [failed("default-encryption", error)];
    const evidence = evidenceOf(error, "no default is set");
    return [{ topic: "default-encryption", kind: "is", value: "not-found", evidence }];
  },
};

/** If the lock setting is unreadable, a lock cannot be ruled out. */
export async function hasNoLock({ finding }: Pick<ProbeSession, "finding">): Promise<boolean> {
  const lock = await finding("object-lock");
  return lock?.kind === "no" || (lock?.kind === "is" && lock.value === "off");
}

const TOPIC = "listing-encoding";
/** The store may reject a line break, which is not a fault of its listing. */
const NAMES = ["plus+ and space", "percent%20", "line\nbreak"];
/** No other experiment puts objects here. */
const UNDER = "listed/";

/** Checks that listings return keys unchanged that XML or form encoding may alter. */
export const listingEncoding: Experiment = {
  topics: [TOPIC],
  run: async (session) => {
    const samples = await allEnded(
      NAMES.map(async (name) => ({ name, ...(await tryCall(session.put(`${UNDER}${name}`))) })),
    );
    const put = samples.flatMap((sample) => (sample.kind === "accepted" ? [sample.value] : []));
    const refused = samples.filter(({ kind }) => kind === "refused").map(({ name }) => JSON.stringify(name));
    return [await listed(session, put, refused)];
  },
};

async function listed(
  { store, bucket, folder }: ProbeSession,
  put: readonly Sample[],
  refused: readonly string[],
): Promise<Answer> {
  const prefix = `${folder}${UNDER}`;
  const { objects, keysEncoded } = await store.listObjects({ bucket, prefix });
  if (objects.length === 0 && put.length > 0) return notObservable(TOPIC, "not-listed-yet");
  const keys = new Set(objects.map(({ key }) => key));
  const lost = put.filter(({ key }) => !keys.has(key)).map(({ key }) => JSON.stringify(key.slice(prefix.length)));
  const but = refused.length > 0 ? `; PUT refuses ${refused.join(", ")}` : "";
  if (lost.length > 0) return no(TOPIC, "listObjects", `not among the keys: ${lost.join(", ")}${but}`);
  if (keysEncoded !== true) return no(TOPIC, "listObjects", `right, but not encoded: XML may change other keys${but}`);
  return yes(TOPIC, "listObjects", `encoded, and right${but}`);
}

export const SETTINGS: readonly Experiment[] = [versioning, objectLock, defaultEncryption];
