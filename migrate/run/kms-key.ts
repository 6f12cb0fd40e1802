import { randomUUID } from "node:crypto";
import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import { STATE_WORDS } from "../model/encryption.js";
import type { Scope } from "../model/scope.js";
import type { KmsKey } from "../model/target.js";
import { isKmsAlias } from "../model/target-sse-kms.js";
import { locksByDefault } from "../object/canary.js";
import { deleteCanary } from "../object/canary-object.js";
import type { RunContext } from "../object/context.js";
import { type KeyShown, keyShown, tryUpdate, type UpdateSeen } from "../object/update-encryption.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { ObjectStore, RequestHeaders } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { ThrowAways } from "./clean-up.js";

interface KeyTools {
  readonly options: ResolvedOptions;
  readonly scopes: readonly Scope[];
  /** Used for test objects. */
  readonly store: ObjectStore;
  readonly runFile: RunFile;
  readonly throwAways: ThrowAways;
  readonly onEvent: OnEvent;
}

/** Shows for each bucket, once, that the KMS key of the run can be used in it. */
export interface KeyCheck {
  /**
   * Resolves before a default is set to the key: a bucket whose default is an unusable key refuses the writes of
   * all its clients. Rejects with a RunError if no test object shows that the key works.
   */
  readonly beforeDefault: (bucket: string) => Promise<void>;
  /** Writes what was shown so far to run.json. */
  readonly note: () => Promise<void>;
  /**
   * The same capabilities, once the key is checked, with what a test object showed of UpdateObjectEncryption. Rejects
   * with a RunError if the key cannot be used.
   */
  readonly before: (known: RunContext["capabilitiesOf"]) => RunContext["capabilitiesOf"];
}

/**
 * Puts one test object under the KMS key of the run in each bucket, before its default is set and before its
 * first object is planned. HEAD shows whether the store encrypts with that key and how it names the key. Every
 * copy is compared with that name.
 */
export function openKeyCheck(key: KmsKey, tools: KeyTools): KeyCheck {
  const checks = new Map<string, Promise<KeySeen | null>>();
  const noted = new Set<string>();
  const check = (bucket: string) => {
    const begun = checks.get(bucket) ?? checkKey(bucket, key, tools);
    checks.set(bucket, begun);
    return begun;
  };
  const noteOne = async (bucket: string) => {
    const seen = await check(bucket);
    if (seen === null || noted.has(bucket)) return;
    noted.add(bucket);
    await note(bucket, seen, tools);
  };
  return {
    beforeDefault: async (bucket) => {
      if ((await check(bucket)) === null) throw unusable(bucket, key, NO_PROOF);
    },
    note: async () => {
      for (const [bucket, begun] of checks) {
        const isUsable = await begun.then(
          () => true,
          () => false,
        );
        if (isUsable) await noteOne(bucket);
      }
    },
    before: (known) => async (bucket) => {
      await noteOne(bucket);
      const updatesEncryption = (await check(bucket))?.update?.works === true;
      const capabilities = { ...(await known(bucket)), updatesEncryption };
      await noteUpdates(bucket, updatesEncryption, tools);
      return capabilities;
    },
  };
}

function note(
  bucket: string,
  { kmsKeyId, update, leftBehind }: KeySeen,
  { runFile, onEvent }: KeyTools,
): Promise<void> {
  const warning = updateWarning(update);
  if (warning !== null) onEvent({ kind: "bucket-warning", bucket, warning });
  const added = [leftBehind, warning].filter((words) => words !== null);
  return runFile.note(bucket, () => ({
    ...(kmsKeyId !== undefined && { kmsKey: kmsKeyId }),
    ...(update !== null && { encryptionUpdate: update }),
    warnings: added,
  }));
}

/** Corrects the recorded capabilities of the bucket: a probe has no key, and leaves what the documents say. */
async function noteUpdates(bucket: string, updatesEncryption: boolean, { runFile }: KeyTools): Promise<void> {
  const recorded = runFile.current().buckets.find((found) => found.bucket === bucket)?.capabilities;
  if (recorded === undefined || recorded.values.updatesEncryption === updatesEncryption) return;
  const values = { ...recorded.values, updatesEncryption };
  await runFile.note(bucket, () => ({ capabilities: { ...recorded, values } }));
}

/** Resolves with `null` if no test object can be put, and the key may be used all the same. */
async function checkKey(bucket: string, key: KmsKey, tools: KeyTools): Promise<KeySeen | null> {
  if (await locksByDefault(tools.store, bucket)) {
    const isDocumented = tools.options.provider.encryption.sseKms.value === "supported";
    if (isKmsAlias(key.given) || !isDocumented) throw unusable(bucket, key, isDocumented ? LOCKED : UNSEEN);
    return null;
  }
  const seen = await tryKey(bucket, key, tools).catch((error: unknown) => {
    throw error instanceof StoreError ? unusable(bucket, key, error.message, error) : error;
  });
  const problem = problemOf(seen, bucket, key);
  if (problem !== null) throw unusable(bucket, key, problem);
  return seen;
}

const NO_PROOF =
  "the bucket locks every new object, so no test object can show that the key works, and a default with an unusable key would make the writes of all clients fail: leave out --set-default";

const LOCKED =
  "it is an alias, and the bucket locks every new object, so no test object can show which key that is: give the key's ARN";

const UNSEEN =
  "the provider does not document SSE-KMS, and the bucket locks every new object, so no test object can show that the store has it";

interface KeySeen extends KeyShown {
  /** `null` if it was not tried. */
  readonly update: UpdateSeen | null;
  /** The remains of the test object, in words. */
  readonly leftBehind: string | null;
}

const BODY = Buffer.from("a test object: see the documentation of migrate");

async function tryKey(bucket: string, key: KmsKey, tools: KeyTools): Promise<KeySeen> {
  const { options, scopes, store, throwAways } = tools;
  const capabilities = options.capabilities.values;
  const prefix = scopes.find((scope) => scope.bucket === bucket)?.prefix ?? "";
  const place = { bucket, key: `${prefix}.bucketseal-canary-${randomUUID()}` };
  const versionIds: string[] = [];
  const put = async (headers: RequestHeaders) => {
    const { versionId } = await store.putObject({ ...place, body: BODY, headers });
    if (versionId !== null) versionIds.push(versionId);
    return (await store.headObject(place)).headers;
  };
  await throwAways.begin(bucket, place.key);
  let leftBehind: string | null = null;
  let shown: KeyShown;
  let update: UpdateSeen | null = null;
  try {
    shown = keyShown(await put(options.policy.target.headers()), capabilities);
    const isDocumented = options.provider.encryption.updateToKms.value === "supported";
    if (isDocumented && problemOf(shown, bucket, key) === null)
      update = await tryUpdate({ ...place, body: BODY, put }, key, { store, capabilities });
  } finally {
    leftBehind = await deleteCanary(store, { ...place, versionIds });
  }
  return { ...shown, update, leftBehind };
}

/** Encrypted objects are then copied, which moves their data and gives them a new date. */
function updateWarning(update: UpdateSeen | null): string | null {
  if (update === null || update.works) return null;
  return `objects that are encrypted already are copied, and not updated in place by UpdateObjectEncryption: ${update.detail}`;
}

function problemOf({ state, kmsKeyId, hasBucketKey }: KeyShown, bucket: string, key: KmsKey): string | null {
  if (state !== "sse-kms")
    return `the store accepted a test object under it, but HEAD shows ${state} (${STATE_WORDS[state]})`;
  if (kmsKeyId === undefined) return "HEAD of a test object under it shows no key, so no copy could be verified";
  if (key.bucketKey && !hasBucketKey) return "HEAD of a test object shows no bucket key: leave out --bucket-key";
  return key.settle(bucket, kmsKeyId) ? null : `HEAD of a test object shows another key, ${kmsKeyId}`;
}

/** A refusal that says nothing about other buckets ends only this one. */
function unusable(bucket: string, { given }: KmsKey, why: string, cause?: StoreError): RunError {
  const isOfBucket = cause === undefined || cause.kind === "bad-request" || cause.kind === "access-denied";
  const message = `the KMS key "${given}" cannot be used in bucket "${bucket}": ${why}`;
  return new RunError(message, { cause, ...(isOfBucket && { ofLocation: "no-copies" }) });
}
