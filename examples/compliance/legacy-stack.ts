import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/** A stack as another team wrote it years ago, with nothing of encryption in it. It stays as it is. */
export class LegacyStack extends TerraformStack {
  constructor(scope: Construct, id: string, { prefix, endpoint }: { prefix: string; endpoint: string | undefined }) {
    super(scope, id);
    new AwsProvider(this, "aws", {
      region: "gra",
      endpoints: [{ s3: endpoint ?? "https://s3.gra.io.cloud.ovh.net" }],
      s3UsePathStyle: true,
      skipCredentialsValidation: true,
      skipRequestingAccountId: true,
      skipRegionValidation: true,
      skipMetadataApiCheck: "true",
    });
    new S3Bucket(this, "reports", { bucket: `${prefix}-reports` });
    new S3Bucket(this, "uploads", { bucket: `${prefix}-uploads` });
  }
}
