import type { ListObjectsInput, ListObjectsPage, ObjectStore } from "../store/object-store.js";
import type { Connection } from "./connect.js";

/** A listing is of its time: an older page is asked for again. */
const MAX_AGE_MS = 60_000;

/** The first page with which the first bucket is met is the first page of its walk too: one call less, for what cannot write. */
export function keepFirstPage(connection: Connection): Connection {
  let kept: { readonly of: ListObjectsInput; readonly page: ListObjectsPage; readonly atMs: number } | null = null;
  let isMet = false;
  const meet = async (input: ListObjectsInput) => {
    const page = await connection.firstContact.listObjects(input);
    if (!isMet) kept = { of: input, page, atMs: performance.now() };
    isMet = true;
    return page;
  };
  const list = async (input: ListObjectsInput) => {
    if (kept === null || !isFirstPageOf(input, kept.of)) return connection.store.listObjects(input);
    const { page, atMs } = kept;
    kept = null;
    return performance.now() - atMs <= MAX_AGE_MS ? page : connection.store.listObjects(input);
  };
  return {
    ...connection,
    firstContact: withListing(connection.firstContact, meet),
    store: withListing(connection.store, list),
  };
}

function isFirstPageOf(input: ListObjectsInput, of: ListObjectsInput): boolean {
  const isFirst = input.startAfter === undefined && input.continuationToken === undefined;
  return isFirst && input.bucket === of.bucket && input.prefix === of.prefix;
}

function withListing(store: ObjectStore, listObjects: ObjectStore["listObjects"]): ObjectStore {
  return { ...store, listObjects };
}
