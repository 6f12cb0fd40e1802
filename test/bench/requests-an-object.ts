/** What becomes of an object in a run, by how the store lets it be copied. */
export type Way = keyof typeof REQUESTS;

/** Requests that each object costs, by S3 operation. test/bench/requests.test.ts counts them; docs/performance.md names them. */
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
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

const WRITES = /^(CopyObject|PutObject|CreateMultipartUpload|UploadPartCopy|CompleteMultipartUpload)$/;

export interface Accesses {
  readonly reads: number;
  readonly writes: number;
}

/** Stores count reads and writes apart. */
export function accessesOf(way: Way): Accesses {
  const counted = Object.entries(REQUESTS[way]);
  const sum = (isWrite: boolean) =>
    counted.reduce((total, [operation, requests]) => total + (WRITES.test(operation) === isWrite ? requests : 0), 0);
  return { reads: sum(false), writes: sum(true) };
}
