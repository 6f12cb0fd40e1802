/** The part of a listing entry that cannot be read. Such an object is counted and fails. */
export interface ListingFault {
  readonly kind: "unreadable-key" | "unreadable-size" | "unreadable-date";
  /** As sent by the store; empty if the store sent nothing. */
  readonly raw: string;
}

/** One entry of a listing. */
export interface ListedObject {
  readonly key: string;
  /** 0 if `fault` is about the size. */
  readonly sizeBytes: number;
  /** Absent if the whole entry is readable. */
  readonly fault?: ListingFault;
  /** Without quotes. */
  readonly etag: string;
  /** ISO 8601; empty if `fault` is about the date. */
  readonly lastModified: string;
  readonly storageClass: string;
}

/** The response headers of HEAD: lower-case names, values as received. */
export interface ObjectHead {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string | null;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Grant {
  readonly permission: "FULL_CONTROL" | "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP";
  readonly grantee: { readonly kind: "id" | "uri" | "emailAddress"; readonly value: string };
}

export interface WriteResult {
  /** Without quotes. */
  readonly etag: string;
  /**
   * `null` if the answer names no version or names the null version. Some stores name none in versioned
   * buckets either.
   */
  readonly versionId: string | null;
  readonly requestId: string | null;
}

export interface UploadedPart {
  readonly partNumber: number;
  /** As received: CompleteMultipartUpload must send it back unchanged. */
  readonly etag: string;
  /**
   * Keyed by header name without `x-amz-checksum-`. Sent back too if the upload was created with a checksum
   * algorithm.
   */
  readonly checksums: Readonly<Record<string, string>>;
}

export interface WholeObject {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The answer to GET of the first byte. */
export interface FirstByte {
  /** Size of the whole object; `null` if the answer does not contain it. */
  readonly totalBytes: number | null;
  /** Without quotes. */
  readonly etag: string;
}

/**
 * The answer to GET before its body is read. Reading rejects with a `StoreError` if the connection breaks.
 */
export interface OpenedObject {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** An action of a lifecycle rule, due after a number of days or from a date on. */
export interface LifecycleAction {
  readonly kind:
    | "expires"
    | "moves"
    | "removes-noncurrent"
    | "moves-noncurrent"
    | "aborts-uploads"
    | "removes-lone-delete-markers";
  readonly days: number | null;
  /** ISO 8601. */
  readonly date: string | null;
  /** The class that objects move to. */
  readonly storageClass: string | null;
}

export interface LifecycleRule {
  readonly id: string | null;
  readonly enabled: boolean;
  /** Empty if the rule covers the whole bucket. */
  readonly prefix: string;
  /** The rule also filters by tags or sizes. */
  readonly isNarrower: boolean;
  readonly actions: readonly LifecycleAction[];
}

export interface ReplicationRule {
  readonly id: string | null;
  readonly enabled: boolean;
  /** Empty if the rule covers the whole bucket. */
  readonly prefix: string;
  readonly isNarrower: boolean;
  /** The destination bucket, as named in the rule. */
  readonly destination: string | null;
}
