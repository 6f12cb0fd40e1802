import type { ProviderId } from "../../providers/index.js";
import type { ManifestFormat } from "../compare/named-object.js";
import type { OnEvent } from "../journal/events.js";
import type { ManifestKeys } from "../journal/input-records.js";
import type { SignOptions } from "../keys/signing-key.js";
import type { Loss } from "../model/object.js";
import type { ConfirmPlan, ConfirmRemoval, EtagPolicy, Race, VersionTreatment } from "../model/policy.js";
import type { TargetName } from "../model/target.js";
import type { OcsfScope, ReportFormatName } from "../report/formats.js";
import type { GateOptions } from "../report/gates.js";
import type { Lang } from "../report/language.js";
import type { Credentials } from "../store/sdk/open-client.js";
import type { QueueOptions } from "./queue-address.js";
import type { TargetsSource } from "./read-outputs.js";

/** A number of bytes, or text such as `"512 KiB"`, `"5GiB"`, `"1.5 MB"`. */
export type Size = number | string;
/** A `Date`, or ISO 8601 text such as `"2026-01-31"` or `"2026-01-31T08:00:00Z"`. */
export type Instant = Date | string;

/** How this machine reaches the store. The command line reads the environment; the library does not. */
export interface NetworkOptions {
  /** The proxy for endpoints that begin with `http:`, as a URL. @default none */
  readonly httpProxy?: string | undefined;
  /** The proxy for endpoints that begin with `https:`, as a URL. @default none */
  readonly httpsProxy?: string | undefined;
  /**
   * Comma-separated hosts that bypass the proxy: names (with all subdomains), addresses, ranges or `*`.
   * @default this machine only
   */
  readonly noProxy?: string | undefined;
  /** The only authorities to trust (PEM file), as in AWS's tools. @default those that Node trusts */
  readonly caBundle?: string | undefined;
  /** A file of certificates (PEM) to trust in addition to those in `caBundle`. @default none */
  readonly extraCaCerts?: string | undefined;
}

export interface RunOptions extends SignOptions, GateOptions, QueueOptions {
  /**
   * The scopes to cover, as `s3://BUCKET` or `s3://BUCKET/PREFIX`. None may lie inside another.
   * @default none: `targets` or `allBuckets` must name the buckets
   */
  readonly locations?: readonly string[] | undefined;
  /**
   * Every bucket that our constructs declared in a `cdktf.out` folder, one of its stacks, or a file (or its
   * text) made by `terraform output -json` or `cdktf output --outputs-file`. Give `endpoint` or `provider`
   * too, since a file alone never decides where credentials are sent. If the buckets are in several places,
   * `region` or `endpoint` selects those of one.
   */
  readonly targets?: TargetsSource | undefined;
  /**
   * Covers all buckets that the credentials can list.
   * @default false
   */
  readonly allBuckets?: boolean | undefined;
  /**
   * The object store.
   * @default the one that `endpoint` belongs to, else `"generic"`
   */
  readonly provider?: ProviderId | undefined;
  /** @default the provider's, or the one in `endpoint` */
  readonly region?: string | undefined;
  /** @default the provider's, for the region */
  readonly endpoint?: string | undefined;
  /**
   * Puts the bucket in the path instead of the host name.
   * @default as the provider documents it; `true` if `endpoint` is given
   */
  readonly pathStyle?: boolean | undefined;
  /** @default the SDK's usual chain: environment, configuration files, and so on */
  readonly credentials?: Credentials | undefined;
  /** A profile of the shared configuration files. */
  readonly profile?: string | undefined;
  /**
   * Proxies and authorities between this machine and the store.
   * @default none: the run connects directly and trusts the authorities that Node trusts
   */
  readonly network?: NetworkOptions | undefined;
  /**
   * The account that must own the buckets. It is sent with every request, so that the store refuses a bucket
   * of the same name in another account, if the store supports that.
   */
  readonly expectedBucketOwner?: string | undefined;
  /**
   * States in every request that the caller pays for it. Requester-pays buckets demand this of everyone but
   * their owner.
   * @default false
   */
  readonly requesterPays?: boolean | undefined;
  /** Globs over whole keys: includes only keys that match one of them. */
  readonly include?: readonly string[] | undefined;
  /** Globs over whole keys: excludes keys that match one of them. */
  readonly exclude?: readonly string[] | undefined;
  readonly minSize?: Size | undefined;
  readonly maxSize?: Size | undefined;
  readonly modifiedBefore?: Instant | undefined;
  readonly modifiedAfter?: Instant | undefined;
  /** Only objects of these classes. */
  readonly storageClasses?: readonly string[] | undefined;
  /**
   * A list that limits the run to its objects: an S3 Inventory as CSV (its manifest.json, or a file whose
   * first line names its columns), a list of keys, or a run folder. See docs/re-audit.md.
   * @default none: every object that the store lists
   */
  readonly manifest?: string | undefined;
  /** @default detected from the name of the file */
  readonly manifestFormat?: ManifestFormat | undefined;
  /**
   * How the manifest writes its keys: `raw` as they are, `url` URL-encoded.
   * @default as the format documents it: `url` for an inventory, `raw` for a list of keys
   */
  readonly manifestKeys?: ManifestKeys | undefined;
  /**
   * The most objects processed at the same time, 1 to 10,000. Their number begins at 64, and follows what the store, the
   * rate limits and this machine can do.
   * @default 1024
   */
  readonly concurrency?: number | string | undefined;
  /**
   * The number of processes that share the work, 1 to 64, or `auto` for up to one per core.
   * @default 1
   */
  readonly workers?: number | string | undefined;
  /** @default the provider's documented ceiling, else none */
  readonly readsPerSecond?: number | string | undefined;
  /** @default the provider's documented ceiling, else none */
  readonly writesPerSecond?: number | string | undefined;
  /**
   * The run folder: journal, summary, reports. It must be empty or not exist, unless `resume` is set.
   * @default a new folder in `bucketseal-runs`, named after the time
   */
  readonly out?: string | undefined;
  /**
   * Files with public keys (PEM). Each key must have signed the folder that the run relies on: `baseline`, or
   * `out` with `resume`. It then vouches for the endpoint in `out`.
   * @default none
   */
  readonly publicKey?: readonly string[] | undefined;
  /**
   * Continues the interrupted run in `out` with the options that it was started with. Anybody may have made
   * the run folder, so name the store again with `endpoint` or `provider`, or let a `publicKey` vouch for it.
   * @default false
   */
  readonly resume?: boolean | undefined;
  /**
   * Also examines noncurrent versions, if a bucket has any, with one HEAD each. `false` saves those requests,
   * and the report says that noncurrent versions were left out.
   * @default true
   */
  readonly noncurrent?: boolean | undefined;
  /**
   * The report formats to write: see docs/report.md.
   * @default html, csv, md, ocsf and prometheus
   */
  readonly formats?: readonly ReportFormatName[] | undefined;
  /**
   * `findings` writes an OCSF finding for each bucket and each prefix, with counts. `all` also writes one for
   * every object, and `all.gz` compresses that file with gzip.
   * @default "findings"
   */
  readonly ocsf?: OcsfScope | undefined;
  /** The language of `report.html` and `report.md`. Everything else stays English. @default "en" */
  readonly lang?: Lang | undefined;
  /**
   * Counts the objects to examine while the run proceeds, and sends `counted` events for a progress bar.
   * @default false
   */
  readonly countAhead?: boolean | undefined;
  /** Starts no more objects, waits a second or two for those in flight, and writes the reports. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
}

export interface AuditOptions extends RunOptions {
  /**
   * The folder of an earlier run, which must be unmodified. If an object is listed with the version, ETag,
   * size and date that it had then, the audit does not read it again. The report points to the line that
   * describes it. See docs/re-audit.md.
   * @default none: every object is read
   */
  readonly baseline?: string | undefined;
  /**
   * The percentage of unchanged objects to read anyway, 0 to 100, but at least 30 objects. If one contradicts
   * the earlier run and was not written since, the audit discards that run and reads everything.
   * @default 1
   */
  readonly baselineSample?: number | string | undefined;
  /**
   * The seed of the sample.
   * @default drawn at random, and reported
   */
  readonly baselineSeed?: number | string | undefined;
}

export interface MigrateOptions extends RunOptions {
  /**
   * Examines and plans, and writes nothing to the store.
   * @default false
   */
  readonly dryRun?: boolean | undefined;
  /**
   * Sets the default encryption of each bucket that has none to SSE-S3, before any object is copied.
   * @default false: only warns
   */
  readonly setDefault?: boolean | undefined;
  /**
   * Copies a test object of each bucket onto itself and reads it back completely, before the first real
   * object. If the copy is not encrypted or differs, the run ends.
   * @default true
   */
  readonly canary?: boolean | undefined;
  /**
   * Larger objects are copied in parts.
   * @default the store's limit for one copy, usually 5 GiB
   */
  readonly copyCutoff?: Size | undefined;
  /**
   * The properties that an object may lose if they cannot be read or the store cannot keep them. The ACL is
   * then reset to the owner's alone; tags, class or metadata are dropped. The report notes each loss.
   * Otherwise such an object is refused.
   * @default none
   */
  readonly acceptLoss?: readonly Loss[] | undefined;
  /**
   * The storage class for copies of objects restored from an archive class. The store must read from it
   * immediately. A copy has no restored copy of its own, so the same class would archive it again.
   * @default none: such objects are skipped
   */
  readonly restoredClass?: string | undefined;
  /**
   * A file made by `bucketseal probe s3://BUCKET --json` for the only bucket that this run covers. Its
   * results replace the provider's documentation.
   */
  readonly capabilities?: string | undefined;
  /**
   * Plans from the provider's documentation instead of probing each bucket before its first copy. This is for
   * credentials that may not write or delete test objects, or list versions.
   * @default none: each bucket is probed, unless `capabilities` is given
   */
  readonly assume?: "documented" | undefined;
  /**
   * The treatment of noncurrent versions that are not encrypted. `current` reports them. `replay` re-creates
   * the history of each key that is not deleted, encrypted, and then removes the old versions. `purge`
   * removes them once the newest version of their key is encrypted. See docs/versions.md.
   * @default "current"
   */
  readonly versions?: VersionTreatment | undefined;
  /** Confirms the plan and the removals beforehand. @default false: `confirmPlan` and `confirm` are asked */
  readonly yes?: boolean | undefined;
  /** Asked before any write, with a plan from a listing of its own. `false` ends the run with a RunError. */
  readonly confirmPlan?: ConfirmPlan | undefined;
  /** Asked once before any write, if versions will be removed. `false` ends the run with a UsageError. */
  readonly confirm?: ConfirmRemoval | undefined;
  /**
   * How a copy avoids overwriting a client write that lands during it. `auto` uses the strongest way that the
   * bucket allows: a condition on the destination of a plain copy, else of a copy in parts or a rewrite, else
   * none. The report says which. `strict` refuses the object instead of using none. `off` uses the cheapest.
   * @default "auto"
   */
  readonly race?: Race | undefined;
  /**
   * `keep` copies an object only in a way that keeps its ETag: one in parts in the same parts, one in one
   * piece in one piece. If there is no such way, the object is refused.
   * @default "any"
   */
  readonly etag?: EtagPolicy | undefined;
  /**
   * If a plain copy is not possible, objects up to this size are read and written again instead of copied in
   * parts. That needs one write instead of three and keeps the ETag.
   * @default 1 MiB
   */
  readonly rewriteBelow?: Size | undefined;
  /** The part size of objects that were not uploaded in parts. @default 512 MiB */
  readonly partSize?: Size | undefined;
  /**
   * Files that only their owner may read. Each contains one customer key (SSE-C) for all objects, or a JSON
   * map from key prefixes to keys. Objects under these keys are copied too: see docs/customer-keys.md.
   * @default none: objects under customer keys are skipped
   */
  readonly ssecKeyFile?: readonly string[] | undefined;
  /**
   * The encryption of objects: by the store's own keys, under the KMS key `kmsKeyId`, or under the customer
   * key in `toKeyFile`.
   * @default "sse-s3"
   */
  readonly to?: TargetName | undefined;
  /** The key file for `to: "sse-c"`, readable only by its owner. Losing it loses every object under it. */
  readonly toKeyFile?: string | undefined;
  /** The key for `to: "sse-kms"`: its id, its ARN, an alias (`alias/name`) or the ARN of an alias. */
  readonly kmsKeyId?: string | undefined;
  /**
   * With `to: "sse-kms"`: derives one key per bucket from that key, which saves calls to the key service.
   * @default false
   */
  readonly bucketKey?: boolean | undefined;
}

/** All options of a run of either kind. */
export interface GivenOptions extends AuditOptions, MigrateOptions {}
