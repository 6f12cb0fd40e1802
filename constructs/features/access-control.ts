import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { choice, flag } from "../checked-props.js";
import { type AskedStatement, bucketResource, type PolicyStatement } from "../policy/policy-statement.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { KmsKeyProps } from "./encryption-default.js";
import type { Feature } from "./feature.js";
import { attributeOf } from "./for-each.js";

export interface AccessControlProps {
  /**
   * Adds a bucket policy that denies every request without TLS.
   * @default false
   */
  readonly enforceTls?: boolean;
  /**
   * Also denies older versions of TLS. Needs `enforceTls`.
   * @default - every version that the store accepts
   */
  readonly minimumTlsVersion?: "1.2" | "1.3";
  /**
   * Denies every upload and copy that neither asks for the bucket's own encryption in its headers
   * nor brings a customer key.
   *
   * You do not need it for encryption: the bucket's default encrypts objects that arrive without a
   * header. With it, all clients must send `x-amz-server-side-encryption` (`AES256`, or `aws:kms`
   * with a `kmsKey`) when they put or copy an object or start a multipart upload. `bucketseal
   * migrate` sends `AES256` with its copies, but no header with its test objects: migrate before
   * you deploy this, or use `--assume documented --no-canary`.
   * @default false
   */
  readonly denyUnencryptedUploads?: boolean;
  /**
   * Denies uploads and copies under customer keys (SSE-C). Nobody can read such objects without the
   * key.
   * @default false
   */
  readonly denyCustomerKeys?: boolean;
  /**
   * Denies uploads and copies that are not under a customer key (SSE-C). Each request of a
   * multipart upload must carry the key, including the one that completes it. Amazon S3 refuses
   * customer keys in new buckets until you enable them: see docs/constructs.md.
   * @default false
   */
  readonly requireCustomerKeys?: boolean;
}

export const accessControl: Feature<AccessControlProps, never, AccessControlProps & KmsKeyProps> = {
  fields: {
    enforceTls: flag().optional(),
    minimumTlsVersion: choice(["1.2", "1.3"]).optional(),
    denyUnencryptedUploads: flag().optional(),
    denyCustomerKeys: flag().optional(),
    requireCustomerKeys: flag().optional(),
  },
  needs: {
    enforceTls: "policy",
    denyUnencryptedUploads: "policy",
    denyCustomerKeys: "policy",
    requireCustomerKeys: "policy",
  },
  parts: [
    {
      id: "policy",
      type: "aws_s3_bucket_policy",
      inline: ["policy"],
      setting: "bucket policy",
      left: "add the statements with addToResourcePolicy",
    },
  ],
  problems: accessControlProblems,
  warnings: lockoutWarnings,
  statements: accessControlStatements,
};

const SSE = "s3:x-amz-server-side-encryption";
const CUSTOMER_ALGORITHM = "s3:x-amz-server-side-encryption-customer-algorithm";
const ABSENT = "true";
const PRESENT = "false";

type Denial = Required<Pick<PolicyStatement, "sid" | "actions" | "conditions">> & Pick<PolicyStatement, "resources">;

/** The policy statements of the properties. Uploads must name the bucket's own algorithm. */
function accessControlStatements(
  props: AccessControlProps & KmsKeyProps,
  { bucket, storage }: DeclaredBucket,
): AskedStatement[] {
  const algorithm = props.kmsKey === undefined ? "AES256" : "aws:kms";
  const resources = [`${bucketResource(attributeOf(bucket, "bucket"), storage)}/*`];
  type Conditions = Denial["conditions"];
  const everything = (sid: string, conditions: Conditions): Denial => ({ sid, actions: ["s3:*"], conditions });
  // PutObject also covers copies and each step of a multipart upload.
  const actions = ["s3:PutObject"];
  const uploads = (sid: string, conditions: Conditions): Denial => ({ sid, actions, resources, conditions });
  const { enforceTls, minimumTlsVersion: tls, denyUnencryptedUploads, denyCustomerKeys, requireCustomerKeys } = props;
  return [
    ...denials("enforceTls", enforceTls, everything("DenyWithoutTls", { Bool: { "aws:SecureTransport": "false" } })),
    ...denials("minimumTlsVersion", tls, everything("DenyOldTls", { NumericLessThan: { "s3:TlsVersion": `${tls}` } })),
    ...denials(
      "denyUnencryptedUploads",
      denyUnencryptedUploads,
      uploads("DenyUploadsWithoutEncryption", { Null: { [SSE]: ABSENT, [CUSTOMER_ALGORITHM]: ABSENT } }),
      // StringNotEquals alone also matches if the header is absent.
      uploads("DenyOtherEncryption", { Null: { [SSE]: PRESENT }, StringNotEquals: { [SSE]: algorithm } }),
    ),
    ...denials(
      "denyCustomerKeys",
      denyCustomerKeys,
      uploads("DenyCustomerKeys", { Null: { [CUSTOMER_ALGORITHM]: PRESENT } }),
    ),
    ...denials(
      "requireCustomerKeys",
      requireCustomerKeys,
      uploads("RequireCustomerKeys", { Null: { [CUSTOMER_ALGORITHM]: ABSENT } }),
    ),
  ];
}

function denials(askedBy: string, asked: string | boolean | undefined, ...statements: Denial[]): AskedStatement[] {
  if (asked === undefined || asked === false) return [];
  return statements.map((statement) => ({
    askedBy,
    statement: { ...statement, effect: "Deny", principals: { AWS: "*" } },
  }));
}

function accessControlProblems(props: AccessControlProps): string[] {
  return [
    ...(props.denyCustomerKeys && props.requireCustomerKeys
      ? ["denyCustomerKeys and requireCustomerKeys together refuse every upload; choose one"]
      : []),
    ...(props.minimumTlsVersion !== undefined && !props.enforceTls
      ? [`minimumTlsVersion "${props.minimumTlsVersion}" says nothing of requests without TLS; add enforceTls: true`]
      : []),
  ];
}

/** Over http, `enforceTls` also locks out the user who deploys it. */
function lockoutWarnings({ enforceTls }: AccessControlProps, { endpoint }: ObjectStorageProvider): string[] {
  if (enforceTls !== true || !endpoint.startsWith("http://")) return [];
  return [
    `enforceTls refuses every request to ${endpoint}, those of Terraform too; give an https endpoint, or leave it out to rehearse`,
  ];
}
