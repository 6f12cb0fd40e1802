/** The part of a listing entry that cannot be read. Such an object is counted and fails. */
export interface ListingFault {
  readonly kind: "unreadable-key" | "unreadable-size" | "unreadable-date";
  /** As sent by the store; empty if the store sent nothing. */
  readonly raw: string;
}

/** Whether the key of an entry is the text that is listed. */
export function isDecoded(fault: ListingFault | undefined): boolean {
  return fault?.kind !== "unreadable-key";
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

/**
 * A valid UTF-8 sequence in a string of one character per byte. The group captures a byte that belongs to no
 * valid sequence.
 */
const UTF8_OR_BYTE =
  /[\0-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|([\x80-\xff])/g;

export interface ReadKey {
  /** If a key cannot be decoded: its decodable part, with the other bytes as `%E9`. */
  readonly key: string;
  readonly fault?: ListingFault;
}

/** A key as received in a listing: URL-encoded if the answer says so, with `+` for a space. */
export function readKey(raw: string, isEncoded: boolean): ReadKey {
  const key = isEncoded ? decodeKey(raw) : raw;
  return key === null || key === "" ? { key: decodablePart(raw), fault: { kind: "unreadable-key", raw } } : { key };
}

const ENCODED = /[%+]/;

/** `null` if it is not URL-encoded UTF-8. */
export function decodeKey(encoded: string): string | null {
  if (!ENCODED.test(encoded)) return encoded;
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return null;
  }
}

function decodablePart(raw: string): string {
  const bytes = Buffer.from(raw.replaceAll("+", " "))
    .toString("latin1")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes.replace(UTF8_OR_BYTE, (found, byte: string | undefined) =>
    byte === undefined ? Buffer.from(found, "latin1").toString() : `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A size that is missing, negative or not a number is a fault. */
export function readSize(raw: string): { readonly sizeBytes: number; readonly fault?: ListingFault } {
  const text = raw.trim();
  const sizeBytes = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(sizeBytes) ? { sizeBytes } : { sizeBytes: 0, fault: { kind: "unreadable-size", raw } };
}

/** As nearly all stores write dates. Every month has 28 days. */
const ISO_DATE = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** A date that is missing or invalid is a fault. */
export function readDate(raw: string): { readonly lastModified: string; readonly fault?: ListingFault } {
  if (ISO_DATE.test(raw)) return { lastModified: raw };
  const time = Date.parse(raw);
  return Number.isNaN(time)
    ? { lastModified: "", fault: { kind: "unreadable-date", raw } }
    : { lastModified: new Date(time).toISOString() };
}
