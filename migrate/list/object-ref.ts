import type { ListingFault } from "../store/answers.js";

/** One entry of a listing, as the list step hands it on. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Bare, without quotes. */
  readonly etag: string;
  readonly lastModified: string;
  readonly storageClass: string;
  /** `false` where it is named elsewhere and the listing does not show it: of it the key alone is known. @default true */
  readonly isListed?: boolean;
  /** Why the object of this key is not the one that a manifest names, in words. Of it the key alone counts. */
  readonly notAsNamed?: string;
  /** Absent if its whole entry can be read. */
  readonly fault?: ListingFault;
}
