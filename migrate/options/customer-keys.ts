import { type KeyRing, keyRing, NO_KEYS, type RingEntry } from "../keys/customer-key.js";
import { looksLikeKey, readKeyEntries, readKeyFile } from "../keys/key-files.js";
import type { Target } from "../model/target.js";
import { sseC } from "../model/target-sse-c.js";
import { SSE_S3 } from "../model/target-sse-s3.js";
import type { Fields } from "./option-table.js";
import type { Place } from "./place.js";

export interface CustomerKeys {
  readonly keys: KeyRing;
  readonly target: Target;
}

/** The customer keys that a run was given, read from their files. */
export async function resolveCustomerKeys(
  known: Fields,
  place: Pick<Place, "endpoint"> | null,
  problems: string[],
): Promise<CustomerKeys> {
  const { ssecKeyFile, to, toKeyFile } = known;
  const entries: RingEntry[] = [];
  for (const path of ssecKeyFile) entries.push(...(await entriesOf(path, problems)));
  const target = await targetOf(known, problems);
  if (to === "sse-s3" && toKeyFile !== undefined) {
    problems.push("--to-key-file is the key of --to sse-c: give both, or neither");
  }
  const given = ssecKeyFile.length > 0 || toKeyFile !== undefined;
  if (given && place !== null && !isPrivate(place.endpoint)) {
    problems.push(
      `customer keys are sent with each request, and ${place.endpoint} is not encrypted: give an https:// endpoint (plain http is taken for this very machine alone)`,
    );
  }
  return { keys: entries.length === 0 ? NO_KEYS : keyRing(entries), target };
}

async function entriesOf(path: string, problems: string[]): Promise<readonly RingEntry[]> {
  const read = await readKeyEntries(path);
  if (read.kind === "read") return read.entries;
  problems.push(...read.problems.map((why) => `--ssec-key-file: ${named(path)} cannot be used: ${why}`));
  return [];
}

async function targetOf({ to, toKeyFile }: Fields, problems: string[]): Promise<Target> {
  if (to === "sse-s3") return SSE_S3;
  if (toKeyFile === undefined) {
    problems.push(
      "--to sse-c needs the key to encrypt with: name its file with --to-key-file (bucketseal keygen makes one)",
    );
    return SSE_S3;
  }
  const read = await readKeyFile(toKeyFile);
  if (read.kind === "key") return sseC(read.key);
  problems.push(`--to-key-file: ${named(toKeyFile)} cannot be used: ${read.why}`);
  return SSE_S3;
}

/** What may be a key itself is not repeated. */
function named(path: string): string {
  return looksLikeKey(path) ? "what was given" : `"${path}"`;
}

/** Stores refuse these keys over plain HTTP too: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html */
function isPrivate(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === "https:" || /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
