/** Part of a listing's entry that cannot be read: such an object is counted, and fails. */
export interface ListingFault {
  readonly kind: "unreadable-key" | "unreadable-size" | "unreadable-date";
  /** As the store sent it; empty if it sent nothing. */
  readonly raw: string;
}

/** One entry of a listing. */
export interface ListedObject {
  readonly key: string;
  /** 0 if `fault` says that it cannot be read. */
  readonly sizeBytes: number;
  /** Absent if the whole entry can be read. */
  readonly fault?: ListingFault;
  /** Bare, without quotes. */
  readonly etag: string;
  /** ISO 8601; empty if `fault` says that it cannot be read. */
  readonly lastModified: string;
  readonly storageClass: string;
}

/** What HEAD answered: response headers by lower-case name, values as they came. */
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
  /** Bare, without quotes. */
  readonly etag: string;
  /** `null` where the answer named none, as some stores do in versioned buckets too, or the null version. */
  readonly versionId: string | null;
  readonly requestId: string | null;
}

export interface UploadedPart {
  readonly partNumber: number;
  /** As the store gave it: completing must send it back unchanged. */
  readonly etag: string;
  /** By header name without its `x-amz-checksum-`: to be sent back too, where the upload was begun with one. */
  readonly checksums: Readonly<Record<string, string>>;
}

export interface WholeObject {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The answer to GET of the first byte. */
export interface FirstByte {
  /** Of the whole object; `null` if the answer does not say it. */
  readonly totalBytes: number | null;
  /** Bare, without quotes. */
  readonly etag: string;
}

/** The answer to GET, its body still to be read; reading rejects with a `StoreError` where the connection breaks. */
export interface OpenedObject {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What a lifecycle rule does, after so many days or from a date on. */
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
  /** Where it moves objects to. */
  readonly storageClass: string | null;
}

export interface LifecycleRule {
  readonly id: string | null;
  readonly enabled: boolean;
  /** Empty where it is of the whole bucket. */
  readonly prefix: string;
  /** It asks for more than a prefix: tags or sizes. */
  readonly isNarrower: boolean;
  readonly actions: readonly LifecycleAction[];
}

export interface ReplicationRule {
  readonly id: string | null;
  readonly enabled: boolean;
  /** Empty where it is of the whole bucket. */
  readonly prefix: string;
  readonly isNarrower: boolean;
  /** The bucket it replicates to, as the rule names it. */
  readonly destination: string | null;
}
