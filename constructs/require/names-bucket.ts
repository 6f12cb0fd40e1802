import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { DefaultTokenResolver, StringConcat, TerraformStack, Token, Tokenization } from "cdktf";

/** Whether the `bucket` of an encryption default is this very bucket: by reference, by the same expression, or by its literal name. */
export function namesBucket(encryption: S3BucketServerSideEncryptionConfigurationA, bucket: S3Bucket): boolean {
  const named = encryption.bucketInput;
  if (named === undefined) return false;
  if (!Token.isUnresolved(named)) return named === bucket.bucketInput && maySharePlace(encryption, bucket);
  const home = stackOfReference(named) ?? encryption.cdktfStack;
  if (home !== bucket.cdktfStack) return false;
  const expressions = [bucket.id, bucket.bucket, bucket.bucketInput].map((name) => name && expression(name, home));
  return expressions.includes(expression(named, home));
}

// Two stores may both have a bucket of that name; in one stack the provider tells them apart.
function maySharePlace(encryption: S3BucketServerSideEncryptionConfigurationA, bucket: S3Bucket): boolean {
  return encryption.cdktfStack !== bucket.cdktfStack || encryption.provider?.fqn === bucket.provider?.fqn;
}

// A reference knows the stack that it was made in; resolved elsewhere it could read like a bucket of the other stack.
function stackOfReference(text: string): TerraformStack | undefined {
  const origins = Tokenization.reverseString(text).tokens.map((token): unknown => Reflect.get(token, "originStack"));
  return origins.find(TerraformStack.isStack);
}

function expression(text: string, scope: TerraformStack): unknown {
  return Tokenization.resolve(text, {
    scope,
    resolver: new DefaultTokenResolver(new StringConcat()),
    preparing: false,
  });
}
