import type { ProviderProfile } from "../../providers/index.js";
import { type KeyRing, keyRing, NO_KEYS, type RingEntry } from "../keys/customer-key.js";
import { looksLikeKey, readKeyEntries, readKeyFile } from "../keys/key-files.js";
import type { Target, TargetName } from "../model/target.js";
import { SSE_S3, sseC } from "../model/target-sse.js";
import { isKmsAlias, kmsKey, sseKms } from "../model/target-sse-kms.js";
import type { Fields } from "./option-table.js";
import type { Place } from "./place.js";

export interface CustomerKeys {
  readonly keys: KeyRing;
  readonly target: Target;
}

/** The customer keys of a run, read from their files. */
export async function resolveCustomerKeys(
  known: Fields,
  place: Pick<Place, "endpoint" | "provider"> | null,
  problems: string[],
): Promise<CustomerKeys> {
  const { ssecKeyFile, toKeyFile } = known;
  const entries: RingEntry[] = [];
  for (const path of ssecKeyFile) entries.push(...(await entriesOf(path, problems)));
  const target = (await TARGET_OF[known.to](known, problems, place?.provider)) ?? SSE_S3;
  problems.push(...strayKeys(known));
  const given = ssecKeyFile.length > 0 || toKeyFile !== undefined;
  if (given && place !== null && !isPrivate(place.endpoint)) {
    problems.push(
      `customer keys are sent with every request, and ${place.endpoint} is not encrypted: give an https:// endpoint (plain http is accepted only for this machine)`,
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

type ReadTarget = (
  known: Fields,
  problems: string[],
  provider: ProviderProfile | undefined,
) => Promise<Target | null> | Target | null;

/** How the options name each target. `null` if they name none; `problems` then has the reason. */
const TARGET_OF: Readonly<Record<TargetName, ReadTarget>> = {
  "sse-s3": () => SSE_S3,
  "sse-kms": kmsTarget,
  "sse-c": customerKeyTarget,
};

function strayKeys({ to, toKeyFile, kmsKeyId, bucketKey }: Fields): string[] {
  const stray: [boolean, string][] = [
    [to !== "sse-c" && toKeyFile !== undefined, "--to-key-file belongs to --to sse-c: give both, or neither"],
    [to !== "sse-kms" && kmsKeyId !== undefined, "--kms-key-id belongs to --to sse-kms: give both, or neither"],
    [to !== "sse-kms" && bucketKey, "--bucket-key belongs to --to sse-kms: give both, or neither"],
  ];
  return stray.filter(([applies]) => applies).map(([, words]) => words);
}

function kmsTarget(known: Fields, problems: string[], provider: ProviderProfile | undefined): Target | null {
  const { kmsKeyId, bucketKey, dryRun, assume, canary, setDefault } = known;
  if (provider?.encryption.sseKms.value === "unsupported") {
    problems.push(`--to sse-kms: ${provider.name} has no SSE-KMS (${provider.encryption.sseKms.source})`);
  }
  if (kmsKeyId === undefined) {
    problems.push("--to sse-kms needs a key: give its ID, ARN or alias with --kms-key-id");
    return null;
  }
  const putsNone = dryRun
    ? "--dry-run"
    : assume !== undefined && !canary
      ? "--assume documented with --no-canary"
      : null;
  if (putsNone !== null && isKmsAlias(kmsKeyId)) {
    problems.push(
      `--kms-key-id: "${kmsKeyId}" is an alias, and ${putsNone} writes no test object, which alone shows the key behind an alias: give the key's ARN`,
    );
  }
  if (putsNone !== null && !dryRun && provider?.encryption.sseKms.value === "undocumented") {
    problems.push(
      `--to sse-kms: ${provider.name} does not document SSE-KMS, and ${putsNone} writes no test object that could show it: leave one of the two out`,
    );
  }
  if (putsNone !== null && !dryRun && setDefault) {
    problems.push(
      `--set-default: ${putsNone} writes no test object that could show that the key works. A default with an unusable key would make the writes of all clients fail: leave one of them out`,
    );
  }
  return sseKms(kmsKey(kmsKeyId, bucketKey));
}

async function customerKeyTarget({ toKeyFile }: Fields, problems: string[]): Promise<Target | null> {
  if (toKeyFile === undefined) {
    problems.push("--to sse-c needs a key: give its file with --to-key-file (bucketseal keygen creates one)");
    return null;
  }
  const read = await readKeyFile(toKeyFile);
  if (read.kind === "key") return sseC(read.key);
  problems.push(`--to-key-file: ${named(toKeyFile)} cannot be used: ${read.why}`);
  return null;
}

/** A path that may be a key itself is not repeated. */
function named(path: string): string {
  return looksLikeKey(path) ? "what was given" : `"${path}"`;
}

/**
 * Stores also refuse these keys over plain HTTP:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
function isPrivate(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === "https:" || /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
