import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { flag, flagOr, objectOf } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { Feature } from "./feature.js";
import { partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";

export interface BlockPublicAccess {
  /**
   * Refuses ACLs that make the bucket or an object public.
   * @default true
   */
  readonly blockPublicAcls?: boolean;
  /**
   * Refuses a bucket policy that makes the bucket public.
   * @default true
   */
  readonly blockPublicPolicy?: boolean;
  /**
   * Ignores ACLs that make the bucket or an object public.
   * @default true
   */
  readonly ignorePublicAcls?: boolean;
  /**
   * While the bucket policy is public, admits only the owner's account and AWS services.
   * @default true
   */
  readonly restrictPublicBuckets?: boolean;
}

export interface PublicAccessProps {
  /**
   * Blocks public access, whatever ACLs and policies say. `false` leaves it to the store and the
   * account.
   * @default - all four settings if the store documents a public access block (Amazon S3, Ceph);
   * otherwise none
   */
  readonly blockPublicAccess?: boolean | BlockPublicAccess;
}

const finer = objectOf<BlockPublicAccess>({
  blockPublicAcls: flag().optional(),
  blockPublicPolicy: flag().optional(),
  ignorePublicAcls: flag().optional(),
  restrictPublicBuckets: flag().optional(),
});

export const publicAccess: Feature<PublicAccessProps, S3BucketPublicAccessBlock> = {
  fields: { blockPublicAccess: flagOr(finer).optional() },
  needs: { blockPublicAccess: "public-access-block" },
  parts: [
    {
      id: "public-access",
      type: "aws_s3_bucket_public_access_block",
      setting: "public access block",
      left: "give blockPublicAccess: false",
    },
  ],
  problems: publicAccessProblems,
  declare: declarePublicAccess,
};

function declarePublicAccess(
  { blockPublicAccess }: PublicAccessProps,
  bucket: DeclaredBucket,
): S3BucketPublicAccessBlock | undefined {
  const documented = bucket.storage.store.subResources["public-access-block"].value === "supported";
  const asked = blockPublicAccess ?? documented;
  if (asked === false) return undefined;
  const finer = asked === true ? {} : asked;
  return new S3BucketPublicAccessBlock(bucket, "public-access", {
    ...partOf(bucket),
    blockPublicAcls: finer.blockPublicAcls ?? true,
    blockPublicPolicy: finer.blockPublicPolicy ?? true,
    ignorePublicAcls: finer.ignorePublicAcls ?? true,
    restrictPublicBuckets: finer.restrictPublicBuckets ?? true,
  });
}

function publicAccessProblems(
  { blockPublicAccess: asked }: PublicAccessProps,
  storage: ObjectStorageProvider,
): string[] {
  return asked === undefined || asked === false
    ? []
    : supportProblems("blockPublicAccess", "public-access-block", storage);
}
