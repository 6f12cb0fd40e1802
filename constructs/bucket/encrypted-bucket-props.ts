import type { VersioningProps } from "../features/versioning.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";

export interface EncryptedBucketProps extends VersioningProps {
  /**
   * The bucket's name, checked at synth against the rules of the store.
   * @default - Terraform makes a name of its own
   */
  readonly bucketName?: string;
  /**
   * The store and region that the bucket lives in.
   * @default - the only ObjectStorageProvider of the stack
   */
  readonly storage?: ObjectStorageProvider;
}
