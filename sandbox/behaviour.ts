import type { BucketSubResource } from "../providers/index.js";

/** What a store does with a condition header that it was sent. */
export type ConditionSupport = "honoured" | "ignored" | "not-implemented";

/** How a store differs from its peers; every switch is one thing a probe can find out. */
export interface Behaviour {
  /** Does HEAD (and GET) carry `x-amz-server-side-encryption` for an object that was uploaded? */
  readonly headReportsSseAfterPut: boolean;
  /** The same for an object that came of CopyObject or UploadPartCopy. */
  readonly headReportsSseAfterCopy: boolean;
  /** Do the answers to PUT, copy and complete carry it? */
  readonly writesReportSse: boolean;
  /** A copy onto itself that changes nothing but the encryption. */
  readonly selfCopyChangingSse: "accepted" | "refused";
  /** `ignored`: 200 and stored in plaintext; `corrupts`: 200 and the object can no longer be read. */
  readonly sseHeaderOnCopy: "applied" | "ignored" | "corrupts";
  /** A copy whose source is encrypted. */
  readonly copyOfEncryptedSource: "supported" | "not-implemented";
  /** Is the default encryption of the bucket applied to copies too? */
  readonly defaultEncryptionOnCopy: boolean;
  /** GetBucketEncryption where none was set; with `aes256` every new object is encrypted. */
  /** How often PutBucketEncryption of a bucket is refused as XML with an element that was not expected: reported of OVHcloud for some buckets. */
  readonly defaultEncryptionRefused: "never" | "first-time" | "always";
  readonly unsetDefaultEncryption: "not-found" | "empty" | "plaintext" | "aes256";
  /** `refused`: 501 to every write that asks for AES256. */
  readonly sseS3: "supported" | "refused";
  readonly sseKms: "supported" | "refused";
  readonly putConditions: ConditionSupport;
  /** `refused`: 412 to every PUT with If-Match where what is current has a version id, as if somebody had written. */
  readonly putConditionsOnNamedVersions: "honoured" | "refused";
  readonly deleteConditions: ConditionSupport;
  readonly completeConditions: ConditionSupport;
  readonly copyConditions: ConditionSupport;
  /** Which end of a copy its `If-Match` is compared with, where it is honoured: S3 has the destination. */
  readonly copyIfMatchOf: "destination" | "source";
  readonly copySourceConditions: ConditionSupport;
  /** What ListMultipartUploads shows: all, no uploads at all, or their keys encoded without a word of it. */
  readonly uploadListing: "all" | "empty" | "encoded-unsaid";
  readonly uploadPartCopy: "supported" | "not-implemented";
  /**
   * How the source of UploadPartCopy is read. `decoded-first`: before a version id is looked for, so that a key can seem to hold
   * one, as on Ceph; `decoded-twice`: that, and once more, as on Ceph 18.
   */
  readonly partSource: "exact" | "decoded-first" | "decoded-twice";
  /** UploadPartCopy of a source under a customer key, or into an upload under one. */
  readonly partCopyOfCustomerKeys: "supported" | "refused";
  readonly uploadPartCopyConditions: ConditionSupport;
  /** How UploadPartCopy is refused whose range ends behind the source's last byte. */
  readonly partBeyondSource: "InvalidArgument" | "InvalidRange";
  /** What becomes of conditions on a write where a customer key (SSE-C) is in play, before it or after it. */
  readonly conditionsOnCustomerKeys: ConditionSupport;
  /** Does HEAD (and GET) of an object under a customer key say so, beside being refused without the key? */
  readonly headNamesCustomerKey: boolean;
  /** Is a range that the object does not have refused (416) before a customer key is asked for? */
  readonly rangeBeforeCustomerKey: boolean;
  /** What a read with another customer key than that of the object answers: 403 or 400. */
  readonly wrongCustomerKey: "access-denied" | "invalid-request";
  /** Must completing an upload under a customer key bring that key? */
  readonly completeNeedsCustomerKey: boolean;
  /** A write with `If-None-Match` that names an ETag, where S3 knows `*` alone. */
  readonly writeUnlessEtag: "honoured" | "not-implemented";
  /** In which form an ETag of `If-Match` can match. */
  readonly ifMatchEtags: "quoted" | "bare" | "both";
  /** Every nth conditional write answers 409 ConditionalRequestConflict; 0 for never. */
  readonly conditionalConflictEvery: number;
  /** `source`: a copy keeps the ETag of its source; `random`: neither that nor the MD5. */
  readonly etagAfterCopy: "md5" | "source" | "random";
  /** Is the ETag of what SSE-C or KMS encrypts the MD5 of its bytes? */
  readonly etagOfForeignKeys: "md5" | "opaque";
  /** Headers that the store takes without a word and forgets, those of encryption and tags too, by the call that brings them. */
  readonly forgottenBy: Readonly<Partial<Record<"put" | "copy" | "upload", readonly string[]>>>;
  /** Does removing a version take the bytes of the key's current object too, as where a copy shares its data with its source? */
  readonly removalTakesCurrentBody: boolean;
  readonly metadataAfterCopy: "kept" | "dropped";
  /** `misread`: content headers in UTF-8 are taken for Latin-1, and come back as other characters. */
  readonly headerEncoding: "utf-8" | "misread";
  readonly tagsAfterCopy: "kept" | "dropped";
  /** `x-amz-tagging` on PUT, copy with REPLACE and the begin of a multipart upload. */
  readonly taggingHeader: "honoured" | "ignored" | "not-implemented";
  readonly aclAfterCopy: "reset" | "kept";
  /** `x-amz-acl` and `x-amz-grant-*` on CopyObject; `ignored` leaves what `aclAfterCopy` says. */
  readonly aclSentWithCopy: "taken" | "ignored" | "refused";
  /** `x-amz-grant-*` on PUT and on the begin of an upload; `refused`: 400, though objects have lists. */
  readonly aclSentWithWrites: "taken" | "refused";
  /** How `x-amz-grant-*` may name somebody, on any call: `id="..."`, `id=...`, or either. The other is 400. */
  readonly grantForm: "both" | "quoted" | "bare";
  /** PutObjectTagging; `refused`: 400, though objects have tags. */
  readonly putObjectTagging: "taken" | "refused";
  readonly storageClassAfterCopy: "reset" | "kept";
  /** `x-amz-storage-class` on CopyObject, likewise. */
  readonly storageClassSentWithCopy: "taken" | "ignored" | "refused";
  /** Does HEAD carry `x-amz-storage-class` for STANDARD objects too? */
  readonly headSendsStandardClass: boolean;
  /** In which order listings have keys: by their UTF-8 bytes, or as JavaScript and Java compare strings. */
  readonly listingOrder: "utf-8" | "utf-16";
  /** Do HEAD and GET carry `x-amz-tagging-count` for an object that has tags? */
  readonly headCountsTags: boolean;
  /** `declared-only`: a listing says that its keys are URL-encoded, and shows them as they are. */
  /** Does HEAD carry `Content-Length`? */
  readonly headSendsLength: boolean;
  /** Does a copy hold all bytes of its source, or only the first ten? */
  readonly copiedBytes: "all" | "first-ten";
  readonly encodingType: "supported" | "ignored" | "declared-only";
  /** How listings show sizes. */
  readonly listedSizes: "true" | "too-large" | "negative" | "not-a-number" | "missing";
  /** How listings show the dates of objects and versions whose keys hold `odd-date`; of all others they are true. */
  readonly listedDates: "true" | "not-a-date" | "other-format" | "missing";
  /**
   * How listings of objects, versions, uploads and buckets name their next page. `repeat`: always the first page, by the same token;
   * `renew`: always the first page, by a new token each time; `cycle`: the first page again after the last.
   */
  readonly nextPages: "advance" | "repeat" | "renew" | "cycle";
  /** Most entries that a page of a listing shows. */
  readonly pageEntries: number;
  /** How a space is written where a listing encodes keys. */
  readonly encodedSpace: "plus" | "percent";
  /** How old the state is that a listing shows: newer writes and deletes are not in it. Milliseconds, 0 for none. */
  readonly listingLagMs: number;
  /** How long CopyObject takes between reading its source and taking effect, beside the time for the bytes. Milliseconds. */
  readonly copyTakesMs: number;
  readonly versioning: "supported" | "unsupported";
  readonly objectLock: "supported" | "unsupported";
  /** How HEAD and GET write the end of a retention; Ceph has nine digits behind the second. */
  readonly lockDates: "as-sent" | "nanoseconds";
  readonly objectAcl: "supported" | "unsupported";
  /** May a user read an object, or its list, only by a grant in that list or by a policy (`allow`)? */
  readonly objectAclDecides: boolean;
  /** May another user than its owner reach a bucket only by a grant in its list or by its policy? */
  readonly bucketAclDecides: boolean;
  /** Are bucket policies acted on, or kept and given back alone? */
  readonly bucketPolicy: "enforced" | "kept";
  /** Do user policies have actions of their own for requests that name a version, or does that of the object cover them? */
  readonly versionActions: "own" | "of-object";
  readonly objectTagging: "supported" | "unsupported";
  /** What GetObjectTagging answers of an object without tags: an empty set, or no bytes at all, as Ceph 18 does. */
  readonly emptyTagSet: "empty-set" | "no-bytes";
  /** The error of a part number that an object does not have: 400 or 416. */
  readonly partNumberBeyond: "InvalidPart" | "InvalidPartNumber";
  /** Does GetObjectAttributes list the parts of every object in parts, or of those whose parts have checksums? */
  readonly attributesListParts: "always" | "with-checksums";
  /** Largest source of one CopyObject or UploadPartCopy. */
  readonly maxCopyBytes: number;
  /** Smallest part of a multipart upload but the last. */
  readonly minPartBytes: number;
  /** `x-amz-transition-default-minimum-object-size` in answers about lifecycle rules: Amazon S3 alone documents it. */
  readonly transitionSizeHeader: "sent" | "absent";
  /** How a lifecycle rule for the whole bucket is read back: with its empty `Filter`, or with an empty `Prefix` in its place, as from Ceph. */
  readonly emptyLifecycleFilter: "kept" | "prefix";
  /** Sub-resources of a bucket that answer 501 NotImplemented. */
  readonly unsupportedSubResources: readonly BucketSubResource[];
  /** Storage classes whose objects answer 403 InvalidObjectState until they were restored. */
  readonly archiveClasses: readonly string[];
  /** Buckets that refuse every call but the one that makes them, whoever makes it. */
  readonly deniedBuckets: readonly string[];
  /** The regions of buckets that are in another one than the sandbox's own: a call to them has to be signed for it, and go to its host if it names one. */
  readonly bucketRegions: Readonly<Record<string, string>>;
  /**
   * How a call to a bucket of another region is refused that is signed for the region it went to: `redirect`, 301 PermanentRedirect, without a
   * body for HEAD; or `malformed`, 400 AuthorizationHeaderMalformed, as are those signed for any other. Both name the region.
   */
  readonly otherRegion: "redirect" | "malformed";
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The S3 API as it is documented, with buckets that keep plaintext until told otherwise. */
export const REFERENCE_BEHAVIOUR: Behaviour = {
  headReportsSseAfterPut: true,
  headReportsSseAfterCopy: true,
  writesReportSse: true,
  selfCopyChangingSse: "accepted",
  sseHeaderOnCopy: "applied",
  copyOfEncryptedSource: "supported",
  defaultEncryptionOnCopy: true,
  defaultEncryptionRefused: "never",
  unsetDefaultEncryption: "not-found",
  sseS3: "supported",
  sseKms: "supported",
  putConditions: "honoured",
  putConditionsOnNamedVersions: "honoured",
  deleteConditions: "honoured",
  completeConditions: "honoured",
  copyConditions: "honoured",
  copyIfMatchOf: "destination",
  copySourceConditions: "honoured",
  uploadListing: "all",
  uploadPartCopy: "supported",
  partSource: "exact",
  partCopyOfCustomerKeys: "supported",
  uploadPartCopyConditions: "honoured",
  partBeyondSource: "InvalidArgument",
  conditionsOnCustomerKeys: "honoured",
  headNamesCustomerKey: true,
  rangeBeforeCustomerKey: false,
  wrongCustomerKey: "invalid-request",
  completeNeedsCustomerKey: true,
  writeUnlessEtag: "honoured",
  ifMatchEtags: "both",
  conditionalConflictEvery: 0,
  etagAfterCopy: "md5",
  etagOfForeignKeys: "opaque",
  forgottenBy: {},
  removalTakesCurrentBody: false,
  metadataAfterCopy: "kept",
  headerEncoding: "utf-8",
  tagsAfterCopy: "kept",
  taggingHeader: "honoured",
  aclAfterCopy: "reset",
  aclSentWithCopy: "taken",
  aclSentWithWrites: "taken",
  grantForm: "both",
  putObjectTagging: "taken",
  storageClassAfterCopy: "reset",
  storageClassSentWithCopy: "taken",
  headSendsStandardClass: false,
  headSendsLength: true,
  copiedBytes: "all",
  encodingType: "supported",
  listingOrder: "utf-8",
  headCountsTags: true,
  listedSizes: "true",
  listedDates: "true",
  nextPages: "advance",
  pageEntries: 1000,
  encodedSpace: "percent",
  listingLagMs: 0,
  copyTakesMs: 0,
  versioning: "supported",
  objectLock: "supported",
  lockDates: "as-sent",
  objectAcl: "supported",
  objectAclDecides: false,
  bucketAclDecides: false,
  bucketPolicy: "enforced",
  versionActions: "own",
  objectTagging: "supported",
  emptyTagSet: "empty-set",
  partNumberBeyond: "InvalidPart",
  attributesListParts: "always",
  maxCopyBytes: 5 * GIB,
  minPartBytes: 5 * MIB,
  transitionSizeHeader: "sent",
  emptyLifecycleFilter: "kept",
  unsupportedSubResources: [],
  archiveClasses: ["GLACIER", "DEEP_ARCHIVE"],
  deniedBuckets: [],
  bucketRegions: {},
  otherRegion: "redirect",
};
