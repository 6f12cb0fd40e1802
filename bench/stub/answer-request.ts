import type { Sandbox } from "../../sandbox/index.js";
import { type Answers, isEtag, jsonAnswer, listingAnswer, type ObjectAcls } from "./answers.js";
import type { KeyLayout, KeySpace } from "./key-space.js";

export const BUCKET = "bench";
const MOST_KEYS_A_PAGE = 1000;
/** A store that refuses what is over its ceiling looks at shorter spans than a second. */
const CEILING_SPAN_MS = 100;

export interface StubOptions {
  readonly keys: number;
  /** @default "flat" */
  readonly layout?: KeyLayout;
  /** How long each answer waits. @default 0 */
  readonly latencyMs?: number;
  /** Requests per second; what is above is answered with 503 SlowDown. @default none */
  readonly ceiling?: number;
  /** `off`: the bucket enforces its ownership of the objects. @default "owner" */
  readonly acls?: ObjectAcls | "off";
}

export type ObjectRequest = "ListObjectsV2" | "HeadObject" | "GetObjectAcl" | "GetObjectTagging" | "CopyObject";

export interface StubCounts {
  /** Requests about the generated keys, by operation. */
  readonly objects: Readonly<Record<ObjectRequest, number>>;
  /** Requests about the bucket and the client's own test objects, by operation. */
  readonly others: Readonly<Record<string, number>>;
  /** Requests about the generated keys that were answered 501. */
  readonly unknown: number;
  readonly slowDowns: number;
  /** Objects that are encrypted now. */
  readonly sealed: number;
  readonly connections: number;
  readonly mostInFlight: number;
  /** Answers about the generated keys, second by second since the start or the reset. */
  readonly perSecond: readonly number[];
  /** Copies, tenth of a second by tenth of a second since then. */
  readonly copiesPerTenth: readonly number[];
}

export interface State {
  readonly keys: KeySpace;
  readonly sandbox: Sandbox;
  readonly options: StubOptions;
  readonly copiedAt: Date;
  answers: Answers;
  sealed: Uint8Array;
  objects: Record<ObjectRequest, number>;
  unknown: number;
  slowDowns: number;
  connections: number;
  inFlight: number;
  mostInFlight: number;
  sinceMs: number;
  perSecond: number[];
  copiesPerTenth: number[];
  span: number;
  inSpan: number;
}

export function nothingCounted(keys: number) {
  return {
    sealed: new Uint8Array(Math.ceil(keys / 8)),
    objects: { ListObjectsV2: 0, HeadObject: 0, GetObjectAcl: 0, GetObjectTagging: 0, CopyObject: 0 },
    unknown: 0,
    slowDowns: 0,
    connections: 0,
    inFlight: 0,
    mostInFlight: 0,
    sinceMs: performance.now(),
    perSecond: [],
    copiesPerTenth: [],
    span: 0,
    inSpan: 0,
  };
}

export function reset(state: State): void {
  const { inFlight } = state;
  Object.assign(state, nothingCounted(state.keys.count), { inFlight });
  state.sandbox.resetCalls();
}

export function countsOf(state: State): StubCounts {
  const { objects, unknown, slowDowns, connections, mostInFlight, perSecond, sandbox } = state;
  let sealed = 0;
  for (const byte of state.sealed) for (let bits = byte; bits > 0; bits &= bits - 1) sealed += 1;
  return {
    objects: { ...objects },
    others: { ...sandbox.calls },
    unknown,
    slowDowns,
    sealed,
    connections,
    mostInFlight,
    perSecond: withoutGaps(perSecond),
    copiesPerTenth: withoutGaps(state.copiesPerTenth),
  };
}

function withoutGaps(counts: readonly number[]): number[] {
  return Array.from(counts, (count) => count ?? 0);
}

/** `undefined`: the sandbox answers. */
export function answerTo(state: State, head: string): Buffer | undefined {
  const [method = "", target = ""] = head.slice(0, head.indexOf("\r\n")).split(" ", 2);
  if (target.startsWith("/-/")) return answerAboutItself(state, target);
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? "" : target.slice(mark + 1);
  const key = path.startsWith(`/${BUCKET}/`) ? path.slice(BUCKET.length + 2) : "";
  if (key === "") return method === "GET" ? answerToListing(state, path, query) : undefined;
  const index = state.keys.indexOf(key);
  if (index === -1) return undefined;
  return isOverCeiling(state) ? state.answers.slowDown : answerAboutObject(state, { method, query, head, key, index });
}

function answerAboutItself(state: State, target: string): Buffer {
  if (target === "/-/reset") reset(state);
  return jsonAnswer(countsOf(state));
}

interface AboutObject {
  readonly method: string;
  readonly query: string;
  readonly head: string;
  readonly key: string;
  readonly index: number;
}

function answerAboutObject(state: State, request: AboutObject): Buffer {
  const { method, query, index } = request;
  const { answers, objects } = state;
  if (method === "HEAD" && query === "") {
    objects.HeadObject += 1;
    return isSealed(state, index) ? answers.head.sealed : answers.head.plain;
  }
  if (method === "GET" && isSubResource(query, "acl")) {
    objects.GetObjectAcl += 1;
    return answers.acl(index);
  }
  if (method === "GET" && isSubResource(query, "tagging")) {
    objects.GetObjectTagging += 1;
    return answers.tagging;
  }
  if (method === "PUT" && (query === "" || query === "x-id=CopyObject")) return answerToCopy(state, request);
  state.unknown += 1;
  return answers.notImplemented;
}

/** A copy of the object onto itself, which is encrypted if the request says so. */
function answerToCopy(state: State, { head, key, index }: AboutObject): Buffer {
  const { answers, objects } = state;
  const headers = head.toLowerCase();
  const source = headerOf(headers, "x-amz-copy-source");
  if (source === undefined || decodeURIComponent(source).replace(/^\//, "") !== `${BUCKET}/${key}`) {
    state.unknown += 1;
    return answers.notImplemented;
  }
  objects.CopyObject += 1;
  const tenth = Math.floor((performance.now() - state.sinceMs) / 100);
  state.copiesPerTenth[tenth] = (state.copiesPerTenth[tenth] ?? 0) + 1;
  const conditions = [headerOf(headers, "if-match"), headerOf(headers, "x-amz-copy-source-if-match")];
  if (conditions.some((condition) => condition !== undefined && !isEtag(condition))) return answers.preconditionFailed;
  const encryption = headerOf(headers, "x-amz-server-side-encryption");
  if (encryption === "aes256") state.sealed[index >> 3] = (state.sealed[index >> 3] ?? 0) | (1 << (index & 7));
  return encryption === "aes256" ? answers.copy : answers.notImplemented;
}

function headerOf(lowerCaseHead: string, name: string): string | undefined {
  const start = lowerCaseHead.indexOf(`\r\n${name}:`);
  if (start === -1) return undefined;
  const from = start + name.length + 3;
  return lowerCaseHead.slice(from, lowerCaseHead.indexOf("\r\n", from)).trim();
}

function isSubResource(query: string, name: string): boolean {
  return (
    query.startsWith(name) && (query.length === name.length || query[name.length] === "=" || query[name.length] === "&")
  );
}

function isSealed(state: State, index: number): boolean {
  return ((state.sealed[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

function answerToListing(state: State, path: string, query: string): Buffer | undefined {
  const isOfBucket = path === `/${BUCKET}` || path === `/${BUCKET}/`;
  if (!isOfBucket || !query.includes("list-type=2")) return undefined;
  const parameters = new URLSearchParams(query);
  const prefix = parameters.get("prefix") ?? "";
  // The client's test objects are in the sandbox.
  if (prefix.includes(".bucketseal-")) return undefined;
  if (isOverCeiling(state)) return state.answers.slowDown;
  if ((parameters.get("delimiter") ?? "") !== "") {
    state.unknown += 1;
    return state.answers.notImplemented;
  }
  state.objects.ListObjectsV2 += 1;
  const { keys } = state;
  const token = parameters.get("continuation-token") ?? parameters.get("start-after") ?? "";
  const limit = Math.min(MOST_KEYS_A_PAGE, Number(parameters.get("max-keys") ?? MOST_KEYS_A_PAGE));
  const first = Math.max(keys.firstFrom(prefix), token === "" ? 0 : keys.firstAfter(token));
  const last = prefix === "" ? keys.count : keys.firstAfter(`${prefix}\u{10ffff}`);
  const end = Math.max(first, Math.min(first + limit, last));
  const page = { first, end, isTruncated: end < last, prefix, encodingType: parameters.get("encoding-type") };
  return listingAnswer(keys, page, (index) => isSealed(state, index), state.copiedAt);
}

/** Counts the request, and whether the store refuses it. */
function isOverCeiling(state: State): boolean {
  const ms = performance.now() - state.sinceMs;
  const { ceiling = Number.POSITIVE_INFINITY } = state.options;
  const span = Math.floor(ms / CEILING_SPAN_MS);
  if (span !== state.span) {
    state.span = span;
    state.inSpan = 0;
  }
  state.inSpan += 1;
  if (state.inSpan > (ceiling * CEILING_SPAN_MS) / 1000) {
    state.slowDowns += 1;
    return true;
  }
  const second = Math.floor(ms / 1000);
  state.perSecond[second] = (state.perSecond[second] ?? 0) + 1;
  return false;
}
