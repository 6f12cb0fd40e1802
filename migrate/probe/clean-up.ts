import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { MOST_IN_FLIGHT, type Traces } from "./calls.js";

const ROUNDS = 3;
/** Doubles with every round. */
const WAIT_MS = 200;

export interface Place {
  readonly bucket: string;
  readonly prefix: string;
  /**
   * The listing that shows everything: a bucket that was never versioned may only support listing its
   * objects.
   */
  readonly listing: "versions" | "objects";
  /** Whether a deletion without a version ID may leave a delete marker. */
  readonly keepsVersions: boolean;
}

/** An entry that is still in the bucket, and the store's error when it was to be removed. */
export type Leftover =
  | { readonly kind: "version"; readonly key: string; readonly versionId: string | null; readonly code: string | null }
  | { readonly kind: "upload"; readonly key: string; readonly uploadId: string; readonly code: string | null }
  /** The rest under this key cannot be listed. */
  | { readonly kind: "unlisted"; readonly key: string; readonly code: string };

type Remains = Exclude<Leftover, { kind: "unlisted" }>;

/**
 * Deletes all versions and delete markers under a prefix and aborts all uploads there: first what the traces name exactly,
 * then what is listed, until nothing is left.
 */
export async function cleanUp(store: ObjectStore, place: Place, traces: Traces): Promise<readonly Leftover[]> {
  const { known, unknown } = tracedRemains(traces, place);
  let refused: readonly Remains[] = [...(await removeAll(store, place, known)), ...unknown];
  const first = known.length === 0 ? 0 : 1;
  for (let round = first; ; round += 1) {
    // A listing may lag and still contain removed entries.
    if (round > 1) await sleep(WAIT_MS * 2 ** (round - 1));
    const { remains: listed, unlisted } = await look(store, place);
    // Entries that were written but are not listed yet are removed too. In later rounds, a working listing
    // decides for objects. Uploads stay on the list, because not every store lists every upload.
    const isOpen = (one: Remains) => round === first || unlisted.length > 0 || one.kind === "upload";
    const unseen = refused.filter((one) => isOpen(one) && !isAmong(one, listed));
    const remains = [...listed, ...unseen];
    if (remains.length === 0 && unlisted.length === 0) return [];
    if (round === ROUNDS) return [...remains.map((one) => ({ ...one, code: codeOf(one, refused) })), ...unlisted];
    refused = await removeAll(store, place, remains);
  }
}

async function look(store: ObjectStore, place: Place) {
  const looks = [listObjects, listUploads].map(async (list) => {
    try {
      return { remains: await list(store, place), unlisted: [] };
    } catch (error) {
      const { code } = factsOf(error);
      return { remains: [], unlisted: [{ kind: "unlisted", key: place.prefix, code } satisfies Leftover] };
    }
  });
  const seen = await Promise.all(looks);
  return { remains: seen.flatMap(({ remains }) => remains), unlisted: seen.flatMap(({ unlisted }) => unlisted) };
}

async function listObjects(store: ObjectStore, { bucket, prefix, listing }: Place): Promise<Remains[]> {
  const listed =
    listing === "versions"
      ? await store.listObjectVersions({ bucket, prefix })
      : (await store.listObjects({ bucket, prefix })).objects.map(({ key }) => ({ key, versionId: null }));
  return listed.map(({ key, versionId }) => ({ kind: "version", key, versionId, code: null }));
}

async function listUploads(store: ObjectStore, { bucket, prefix }: Place): Promise<Remains[]> {
  try {
    const uploads = await store.listOpenUploads({ bucket, prefix });
    return uploads.map(({ key, uploadId }) => ({ kind: "upload", key, uploadId, code: null }));
  } catch (error) {
    // A store without multipart uploads has none to list.
    if (factsOf(error).kind === "not-implemented") return [];
    throw error;
  }
}

interface Traced {
  /** Removing these leaves no delete marker. */
  readonly known: readonly Remains[];
  readonly unknown: readonly Remains[];
}

function tracedRemains({ keys, versions, uploads }: Traces, { keepsVersions }: Place): Traced {
  const open = [...uploads].map(([uploadId, key]): Remains => ({ kind: "upload", key, uploadId, code: null }));
  const named = [...versions].map((written): Remains => ({ kind: "version", ...written, code: null }));
  const unnamed = [...keys].map((key): Remains => ({ kind: "version", key, versionId: null, code: null }));
  const known = [...named, ...open];
  return keepsVersions ? { known, unknown: unnamed } : { known: [...known, ...unnamed], unknown: [] };
}

/** Resolves with the entries that the store did not remove. */
async function removeAll(store: ObjectStore, { bucket }: Place, remains: readonly Remains[]): Promise<Remains[]> {
  const limit = pLimit(MOST_IN_FLIGHT);
  const results = await Promise.all(
    remains.map((one) =>
      limit(async (): Promise<Remains[]> => {
        try {
          await remove(store, bucket, one);
          return [];
        } catch (error) {
          const { kind, code } = factsOf(error);
          return kind === "not-found" ? [] : [{ ...one, code }];
        }
      }),
    ),
  );
  return results.flat();
}

async function remove(store: ObjectStore, bucket: string, one: Remains): Promise<void> {
  const { key } = one;
  if (one.kind === "upload") return store.abortMultipartUpload({ bucket, key, uploadId: one.uploadId });
  await store.deleteObject({ bucket, key, versionId: one.versionId ?? undefined });
}

/** If the version of an object is unknown, any version matches. */
function isAmong(one: Remains, others: readonly Remains[]): boolean {
  return others.some((other) => {
    if (one.kind === "upload") return other.kind === "upload" && other.uploadId === one.uploadId;
    if (other.kind !== "version" || other.key !== one.key) return false;
    return one.versionId === null || one.versionId === other.versionId;
  });
}

function codeOf(one: Remains, refused: readonly Remains[]): string | null {
  return refused.find((other) => isAmong(one, [other]))?.code ?? null;
}

function factsOf(error: unknown): StoreError["facts"] {
  if (error instanceof StoreError) return error.facts;
  throw error;
}
