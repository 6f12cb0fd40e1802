import type { ChargedRequest, Fact, RequestPrices } from "../../providers/index.js";
import type { Capabilities } from "../model/capabilities.js";
import type { Plan } from "../model/policy.js";
import type { Reason, StrategyName } from "../model/reason.js";

type Requests = Readonly<Partial<Record<ChargedRequest, number>>>;

/** The requests of one object, by what becomes of it. A test counts them against a store. */
export const REQUESTS = {
  "looked at by an audit": { HeadObject: 1 },
  "found encrypted by a migration": { HeadObject: 1 },
  "copied in one piece": { HeadObject: 2, GetObjectAcl: 1, CopyObject: 1 },
  "copied in one piece, from a bucket that disables ACLs": { HeadObject: 2, CopyObject: 1 },
  "copied in one piece, with grants to others": { HeadObject: 2, GetObjectAcl: 2, CopyObject: 1 },
  "read and written": { HeadObject: 2, GetObjectAcl: 1, GetObjectTagging: 1, GetObject: 1, PutObject: 1 },
  "copied in parts, of which it has one": {
    HeadObject: 3,
    GetObjectAcl: 2,
    GetObjectTagging: 2,
    ListMultipartUploads: 1,
    CreateMultipartUpload: 1,
    UploadPartCopy: 1,
    CompleteMultipartUpload: 1,
  },
  "put under a KMS key in place": { HeadObject: 2, UpdateObjectEncryption: 1 },
} as const satisfies Readonly<Record<string, Requests>>;
/** What becomes of an object. */
export type Treatment = keyof typeof REQUESTS;

const TREATMENT_OF: Readonly<Record<StrategyName, Treatment>> = {
  copy: "copied in one piece",
  "copy-replacing": "copied in one piece",
  "copy-multipart": "copied in parts, of which it has one",
  rewrite: "read and written",
  "update-encryption": "put under a KMS key in place",
};

const READS = /^(Head|Get|List)/;

/** Stores limit reads and writes separately. */
export function accessesOf(requests: Requests): { readonly reads: number; readonly writes: number } {
  const counted = Object.entries(requests);
  const sum = (isRead: boolean) =>
    counted.reduce((total, [name, times]) => total + (READS.test(name) === isRead ? times : 0), 0);
  return { reads: sum(true), writes: sum(false) };
}

type Planned = Pick<Plan["ways"][number], "way" | "guard" | "parts"> & { readonly sizeBytes: number };

/** The circumstances that an estimate depends on. */
export interface Circumstances extends Pick<Plan, "from" | "complete" | "readsPerSecond" | "writesPerSecond"> {
  /** Listed objects, those that the filters exclude too. */
  readonly listed: number;
  readonly prices: Fact<RequestPrices>;
  readonly store: Pick<Capabilities, "objectAcl" | "objectTagging">;
}

/** Counts what is planned for each object. Memory does not grow with their number. */
export class PlanTally {
  readonly #ways = new Map<string, Plan["ways"][number]>();
  readonly #left = new Map<string, Plan["left"][number]>();
  readonly #encrypted = { objects: 0, bytes: 0 };

  add({ way, guard, sizeBytes, parts }: Planned): void {
    const name = `${way} ${guard}`;
    const known = this.#ways.get(name) ?? { way, guard, objects: 0, bytes: 0, parts: 0 };
    this.#ways.set(name, { ...known, ...addedTo(known, sizeBytes), parts: known.parts + parts });
  }

  leave(reason: Reason, sizeBytes: number): void {
    const known = this.#left.get(reason) ?? { reason, objects: 0, bytes: 0 };
    this.#left.set(reason, { reason, ...addedTo(known, sizeBytes) });
  }

  addEncrypted(sizeBytes: number): void {
    Object.assign(this.#encrypted, addedTo(this.#encrypted, sizeBytes));
  }

  plan(circumstances: Circumstances): Plan {
    const { from, complete, readsPerSecond, writesPerSecond, prices } = circumstances;
    const mostFirst = <T extends { readonly objects: number }>(counted: ReadonlyMap<string, T>) =>
      [...counted].sort(([a, x], [b, y]) => y.objects - x.objects || (a < b ? -1 : 1)).map(([, each]) => each);
    const [ways, left, encrypted] = [mostFirst(this.#ways), mostFirst(this.#left), { ...this.#encrypted }];
    const requests = requestsOf({ ways, left, encrypted }, circumstances);
    const [seconds, cost] = [secondsOf(requests, readsPerSecond, writesPerSecond), costOf(requests, prices)];
    return { from, complete, ways, encrypted, left, requests, readsPerSecond, writesPerSecond, seconds, cost };
  }
}

function addedTo({ objects, bytes }: Plan["encrypted"], sizeBytes: number): Plan["encrypted"] {
  return { objects: objects + 1, bytes: bytes + sizeBytes };
}
const KEYS_A_PAGE = 1000;

function requestsOf(
  { ways, left, encrypted }: Pick<Plan, "ways" | "left" | "encrypted">,
  { listed, store }: Circumstances,
): Record<string, number> {
  const sums: Record<string, number> = { ListObjectsV2: Math.max(1, Math.ceil(listed / KEYS_A_PAGE)) };
  const add = (name: string, times: number) => {
    if (times > 0) sums[name] = (sums[name] ?? 0) + times;
  };
  for (const { objects } of [encrypted, ...left]) add("HeadObject", objects);
  for (const { way, objects, parts } of ways) {
    for (const [name, times] of Object.entries(REQUESTS[TREATMENT_OF[way]])) {
      const isThere = name === "GetObjectAcl" ? store.objectAcl : name !== "GetObjectTagging" || store.objectTagging;
      if (isThere) add(name, name === "UploadPartCopy" ? parts : objects * times);
    }
  }
  return sums;
}

function secondsOf(requests: Requests, readsPerSecond: number | null, writesPerSecond: number | null): number | null {
  const { reads, writes } = accessesOf(requests);
  if (readsPerSecond === null && writesPerSecond === null) return null;
  return Math.ceil(Math.max(reads / (readsPerSecond ?? Infinity), writes / (writesPerSecond ?? Infinity)));
}

/** A request without a known price makes the whole cost unknown. */
function costOf(requests: Requests, { value, source }: Fact<RequestPrices>): Plan["cost"] {
  if (value.kind === "unknown") return { kind: "unknown" };
  const { readOn } = value;
  if (value.kind === "not-charged") return { kind: "not-charged", source, readOn };
  const { currency, basis, perThousand } = value;
  const priceOf = (name: string) => perThousand[name as ChargedRequest] ?? Number.NaN;
  const amount = Object.entries(requests).reduce((sum, [name, times]) => sum + (times / 1000) * priceOf(name), 0);
  return Number.isNaN(amount) ? { kind: "unknown" } : { kind: "charged", amount, currency, basis, source, readOn };
}
