import type { ProviderId } from "../../providers/index.js";
import type { ManifestFormat } from "../compare/named-object.js";
import type { OnEvent } from "../journal/events.js";
import type { ManifestKeys } from "../journal/input-records.js";
import type { SignOptions } from "../keys/signing-key.js";
import type { Loss } from "../model/object.js";
import type { ConfirmRemoval, EtagPolicy, Race, VersionTreatment } from "../model/policy.js";
import type { TargetName } from "../model/target.js";
import type { OcsfScope, ReportFormatName } from "../report/formats.js";
import type { Credentials } from "../store/sdk/open-client.js";
import type { TargetsSource } from "./read-outputs.js";

/** A number of bytes, or text such as `"512 KiB"`, `"5GiB"`, `"1.5 MB"`. */
export type Size = number | string;
/** A `Date`, or ISO 8601 text such as `"2026-01-31"` or `"2026-01-31T08:00:00Z"`. */
export type Instant = Date | string;

/** How the store is reached from this machine. The command line takes it from the environment; a library reads none. */
export interface NetworkOptions {
  /** The proxy for endpoints that begin with `http:`, as a URL. @default none */
  readonly httpProxy?: string | undefined;
  /** The proxy for endpoints that begin with `https:`. @default none */
  readonly httpsProxy?: string | undefined;
  /** Hosts that no proxy is asked for, by commas: names (and all names below them), addresses, ranges, or `*`. @default this machine alone */
  readonly noProxy?: string | undefined;
  /** A file of certificates (PEM): the only authorities to trust, as with AWS's tools. @default those that Node trusts */
  readonly caBundle?: string | undefined;
  /** A file of certificates (PEM) to trust beside those in `caBundle`. @default none */
  readonly extraCaCerts?: string | undefined;
}

export interface RunOptions extends SignOptions {
  /**
   * What to cover, as `s3://BUCKET` or `s3://BUCKET/PREFIX`. None may lie inside another.
   * @default none: `targets` or `allBuckets` must name the buckets
   */
  readonly locations?: readonly string[] | undefined;
  /**
   * A `cdktf.out` folder, one of its stacks, or a file made by `terraform output -json` or `cdktf output --outputs-file`
   * (or its text): every bucket that our constructs declared there. `endpoint` or `provider` is given beside it, since credentials go to no
   * endpoint by the word of a file; where the buckets are in several places, `region` or `endpoint` picks those of one.
   */
  readonly targets?: TargetsSource | undefined;
  /**
   * Every bucket that the credentials list.
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
   * @default as the provider documents it; `true` where `endpoint` was given
   */
  readonly pathStyle?: boolean | undefined;
  /** @default the SDK's usual chain: environment, configuration files, and so on */
  readonly credentials?: Credentials | undefined;
  /** A profile of the shared configuration files. */
  readonly profile?: string | undefined;
  /**
   * Proxies and authorities between this machine and the store.
   * @default none: the store is asked directly, and the authorities are those that Node trusts
   */
  readonly network?: NetworkOptions | undefined;
  /**
   * The account that must own the buckets: sent with every request, so that a bucket of somebody else by the same name is
   * refused by the store, where it knows of that.
   */
  readonly expectedBucketOwner?: string | undefined;
  /**
   * Says with every request that its sender pays for it, which requester-pays buckets demand of all but their owner.
   * @default false
   */
  readonly requesterPays?: boolean | undefined;
  /** Globs over whole keys: only what matches one of them. */
  readonly include?: readonly string[] | undefined;
  /** Globs over whole keys: nothing that matches one of them. */
  readonly exclude?: readonly string[] | undefined;
  readonly minSize?: Size | undefined;
  readonly maxSize?: Size | undefined;
  readonly modifiedBefore?: Instant | undefined;
  readonly modifiedAfter?: Instant | undefined;
  /** Only objects of these classes. */
  readonly storageClasses?: readonly string[] | undefined;
  /**
   * A list of objects: nothing else of the buckets is looked at. An S3 Inventory as CSV (its manifest.json, or a file whose first line names its
   * columns), a list of keys, or a run folder. See docs/re-audit.md.
   * @default none: every object that the store lists
   */
  readonly manifest?: string | undefined;
  /** @default by the name of the file */
  readonly manifestFormat?: ManifestFormat | undefined;
  /**
   * How the manifest writes its keys: `raw` as they are, `url` URL-encoded.
   * @default as the format documents them: `url` of an inventory, `raw` of a list of keys
   */
  readonly manifestKeys?: ManifestKeys | undefined;
  /**
   * How many objects are in flight at once, 1 to 1,000.
   * @default 64
   */
  readonly concurrency?: number | string | undefined;
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
   * Files with public keys (PEM), each of which must have signed the run folder that is gone by: that of `baseline`, or with `resume` the one in
   * `out`, whose endpoint it then vouches for.
   * @default none
   */
  readonly publicKey?: readonly string[] | undefined;
  /**
   * Goes on with the interrupted run in `out`, with the options that it was started with. Where it goes on is given anew, by `endpoint` or
   * `provider`, since a run folder may be anybody's; or a `publicKey` vouches for it.
   * @default false
   */
  readonly resume?: boolean | undefined;
  /**
   * Looks at noncurrent versions too, where a bucket keeps any: one HEAD each. `false` saves those, and the report says that
   * they were left out.
   * @default true
   */
  readonly noncurrent?: boolean | undefined;
  /**
   * Which reports are written: see docs/report.md.
   * @default html, csv, md, ocsf and prometheus
   */
  readonly formats?: readonly ReportFormatName[] | undefined;
  /**
   * `all` writes an OCSF finding for every object, and not for those alone that are not encrypted or could not be seen.
   * @default "findings"
   */
  readonly ocsf?: OcsfScope | undefined;
  /**
   * Counts the objects to be looked at beside the run and tells `counted` events, for a progress bar.
   * @default false
   */
  readonly countAhead?: boolean | undefined;
  /** Stops taking objects, waits a second or two for those in flight, and writes the reports of what was done. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
}

export interface AuditOptions extends RunOptions {
  /**
   * The folder of an earlier run, which must be as its run left it. What is listed with the version, ETag, size and date that it
   * had then is not read again: the report points to the line that says what it is. See docs/re-audit.md.
   * @default none: every object is read
   */
  readonly baseline?: string | undefined;
  /**
   * How many per cent of those are read all the same, 0 to 100, and never fewer than 30 of them. One that is not as the earlier run has it, and was not
   * written since, ends the use of that run: everything is read then.
   * @default 1
   */
  readonly baselineSample?: number | string | undefined;
  /**
   * What the sample is drawn by.
   * @default drawn, and told in the report
   */
  readonly baselineSeed?: number | string | undefined;
}

export interface MigrateOptions extends RunOptions {
  /**
   * Looks and plans, and writes nothing to the store.
   * @default false
   */
  readonly dryRun?: boolean | undefined;
  /**
   * Sets the default encryption of each bucket that has none to SSE-S3, before any object is copied.
   * @default false: only warns
   */
  readonly setDefault?: boolean | undefined;
  /**
   * Copies a throw-away object of each bucket onto itself and reads all of it back, before the first real object. The run
   * ends there if the copy is not encrypted, or not the same.
   * @default true
   */
  readonly canary?: boolean | undefined;
  /**
   * Larger objects are copied in parts.
   * @default the store's limit for one copy, usually 5 GiB
   */
  readonly copyCutoff?: Size | undefined;
  /**
   * What an object may lose where it cannot be read or the store cannot keep it: its access control list is then reset to the
   * owner's alone, its tags, class or metadata are dropped. The report notes each. Without this, such an object is refused.
   * @default none
   */
  readonly acceptLoss?: readonly Loss[] | undefined;
  /**
   * The storage class for copies of objects that were restored from an archive class: one that the store reads from at once. Their copy
   * has no restored copy of its own, so in the same class it would be archived again.
   * @default none: such objects are skipped
   */
  readonly restoredClass?: string | undefined;
  /**
   * A file made by `bucketseal probe s3://BUCKET --json`, of the one bucket that this run covers: what was found there
   * counts instead of what the provider documents.
   */
  readonly capabilities?: string | undefined;
  /**
   * Plans from what the provider documents, instead of probing each bucket before its first copy: for credentials that may
   * not write or delete throw-away objects, or list versions.
   * @default none: each bucket is probed, unless `capabilities` was given
   */
  readonly assume?: "documented" | undefined;
  /**
   * What becomes of noncurrent versions that are not encrypted. `current` reports them. `replay` re-creates the history of each
   * key that is not deleted, encrypted, and then removes what stood there before. `purge` removes them once the newest
   * version of their key is encrypted. See docs/versions.md.
   * @default "current"
   */
  readonly versions?: VersionTreatment | undefined;
  /**
   * Confirms beforehand that `versions` may remove what it does.
   * @default false: `confirm` is asked
   */
  readonly yes?: boolean | undefined;
  /** Asked once before anything is written, where versions are to be removed. `false` ends the run with a UsageError. */
  readonly confirm?: ConfirmRemoval | undefined;
  /**
   * How a write of others that lands during a copy is kept from being undone. `auto` takes the strongest way that the bucket
   * allows, and the report says which it was: a condition on the destination of a plain copy, else of a copy in parts or of
   * a rewrite, else none. `strict` refuses the object instead of the last. `off` takes the cheapest way.
   * @default "auto"
   */
  readonly race?: Race | undefined;
  /**
   * `keep` copies an object only in a way that keeps its ETag (an object in parts in the same parts, one in one piece in one
   * piece), and refuses it where there is none.
   * @default "any"
   */
  readonly etag?: EtagPolicy | undefined;
  /**
   * Objects up to this size are read and written again rather than copied in parts, where a plain copy will not do: one write
   * instead of three, and the ETag stays.
   * @default 1 MiB
   */
  readonly rewriteBelow?: Size | undefined;
  /**
   * The size of a part, where the object was not uploaded in parts of its own.
   * @default 512 MiB
   */
  readonly partSize?: Size | undefined;
  /**
   * Files that nobody else may read: each holds one customer key (SSE-C) for all objects, or a JSON map from prefixes of
   * names to keys. What one of them opens is copied too; see docs/customer-keys.md.
   * @default none: objects under customer keys are skipped
   */
  readonly ssecKeyFile?: readonly string[] | undefined;
  /**
   * How objects are encrypted: by the store's own keys, under the KMS key `kmsKeyId`, or under the customer key in `toKeyFile`.
   * @default "sse-s3"
   */
  readonly to?: TargetName | undefined;
  /** The file of the key for `to: "sse-c"`, which nobody else may read. Whoever loses it loses every object under it. */
  readonly toKeyFile?: string | undefined;
  /** The key for `to: "sse-kms"`: its id, its ARN, an alias (`alias/name`) or the ARN of an alias. */
  readonly kmsKeyId?: string | undefined;
  /**
   * With `to: "sse-kms"`: derives one key a bucket from that key, so that the key service is asked less often.
   * @default false
   */
  readonly bucketKey?: boolean | undefined;
}

/** Whatever a run of either kind may be given. */
export interface GivenOptions extends AuditOptions, MigrateOptions {}
