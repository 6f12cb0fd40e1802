import { describe, expect, it } from "vitest";
import { EncryptedBucket, type EncryptedBucketProps } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { expression, policyOf, type RenderedPolicy, stackOn, statementOf, synth, warningsOf } from "../synth.js";

/** The parts of a PutObject request that determine its encryption. */
interface UploadRequest {
  readonly sse?: string;
  readonly customerAlgorithm?: string;
}

/**
 * Whether a policy denies an upload over TLS 1.3, according to the rules of the policy language.
 */
function isDenied({ Statement }: RenderedPolicy, request: UploadRequest): boolean {
  const facts: Readonly<Record<string, string | undefined>> = {
    "s3:x-amz-server-side-encryption": request.sse,
    "s3:x-amz-server-side-encryption-customer-algorithm": request.customerAlgorithm,
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
  };
  const holds = (operator: string, key: string, wanted: unknown): boolean => {
    const is = facts[key];
    const test = OPERATORS[operator];
    if (test === undefined) throw new Error(`operator ${operator} is not known here`);
    return test(is, String(wanted));
  };
  // All operators and all keys of a statement must match, and one statement is enough.
  return Statement.some(
    ({ Effect, Condition = {} }) =>
      Effect === "Deny" &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => holds(operator, key, wanted)),
      ),
  );
}

const OPERATORS: Readonly<Record<string, (is: string | undefined, wanted: string) => boolean>> = {
  Bool: (is, wanted) => is === wanted,
  Null: (is, wanted) => (is === undefined) === (wanted === "true"),
  NumericLessThan: (is, wanted) => is !== undefined && Number(is) < Number(wanted),
  // A negated operator also matches if the key is absent.
  StringNotEquals: (is, wanted) => is !== wanted,
};

const bucketOn = (provider: ProviderId, props: EncryptedBucketProps) => {
  const { stack } = stackOn(provider);
  return { stack, bucket: new EncryptedBucket(stack, "invoices", props) };
};
const policyWith = (props: EncryptedBucketProps) => policyOf(synth(bucketOn("aws", props).stack));

describe("enforceTls", () => {
  it("denies every request without TLS, on the bucket and its objects", () => {
    const { stack, bucket } = bucketOn("aws", { enforceTls: true });
    const name = expression(`aws_s3_bucket.${bucket.bucket.friendlyUniqueId}.bucket`);
    expect(policyOf(synth(stack)).Statement).toEqual([
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("is required by a minimum version, which alone would let requests without TLS in", () => {
    const { stack } = bucketOn("aws", { enforceTls: true, minimumTlsVersion: "1.3" });
    expect(statementOf(synth(stack), "DenyOldTls")?.Condition).toEqual({ NumericLessThan: { "s3:TlsVersion": "1.3" } });
    expect(() => synth(bucketOn("aws", { minimumTlsVersion: "1.2" }).stack)).toThrow(
      'minimumTlsVersion "1.2" says nothing of requests without TLS; add enforceTls: true',
    );
  });

  it("warns if it locks out Terraform itself", () => {
    const { stack } = stackOn("aws", { endpoint: "http://127.0.0.1:9000" });
    const bucket = new EncryptedBucket(stack, "invoices", { enforceTls: true });
    expect(warningsOf(bucket)).toEqual([expect.stringMatching(/^enforceTls refuses .*http:\/\/127.0.0.1:9000/)]);
    expect(warningsOf(bucketOn("aws", { enforceTls: true }).bucket)).toEqual([]);
  });
});

const plain: UploadRequest = {};
const sseS3: UploadRequest = { sse: "AES256" };
const sseKms: UploadRequest = { sse: "aws:kms" };
const customerKey: UploadRequest = { customerAlgorithm: "AES256" };
const kmsKey = "alias/invoices";

/** How each set of properties treats each kind of upload. */
const TABLE: readonly (readonly [EncryptedBucketProps, taken: UploadRequest[], denied: UploadRequest[]])[] = [
  [{ denyUnencryptedUploads: true }, [sseS3, customerKey], [plain, sseKms]],
  [{ denyUnencryptedUploads: true, kmsKey }, [sseKms, customerKey], [plain, sseS3]],
  [{ denyCustomerKeys: true }, [plain, sseS3, sseKms], [customerKey]],
  [{ requireCustomerKeys: true }, [customerKey], [plain, sseS3, sseKms]],
  [{ denyUnencryptedUploads: true, denyCustomerKeys: true }, [sseS3], [plain, sseKms, customerKey]],
  [{ denyUnencryptedUploads: true, requireCustomerKeys: true }, [customerKey], [plain, sseS3, sseKms]],
  [{ enforceTls: true }, [plain, sseS3, sseKms, customerKey], []],
];

describe.each(TABLE)("with %j", (props, taken, denied) => {
  const policy = policyWith(props);
  it.each(taken)("a bucket accepts an upload with %j", (request) => expect(isDenied(policy, request)).toBe(false));
  it.each(denied)("a bucket denies an upload with %j", (request) => expect(isDenied(policy, request)).toBe(true));
});

describe("the statements about uploads", () => {
  it("cover only the objects and the right to put them", () => {
    const policy = policyWith({ denyUnencryptedUploads: true, denyCustomerKeys: true });
    for (const { Action, Resource } of policy.Statement) {
      expect(Action).toBe("s3:PutObject");
      expect(Resource).toMatch(/\/\*$/);
    }
  });

  it("cannot both deny and require customer keys", () => {
    const { stack } = bucketOn("aws", { denyCustomerKeys: true, requireCustomerKeys: true });
    expect(() => synth(stack)).toThrow(
      "denyCustomerKeys and requireCustomerKeys together refuse every upload; choose one",
    );
  });
});

describe.each(["enforceTls", "denyUnencryptedUploads", "denyCustomerKeys", "requireCustomerKeys"] as const)(
  "%s",
  (name) => {
    const refusal = (provider: ProviderId) => () => synth(bucketOn(provider, { [name]: true }).stack);

    it("is refused, each reason once, if the store's policies do not enforce it", () => {
      const text = (provider: ProviderId) => {
        try {
          return String(refusal(provider)());
        } catch (error) {
          return String(error);
        }
      };
      expect(text("ovhcloud")).toMatch(
        new RegExp(`${name} cannot be used on OVHcloud.*no bucket policies \\(https:\\S+\\): .*user policy`),
      );
      expect(text("ovhcloud").split(`${name} cannot be used`)).toHaveLength(2);
      expect(text("backblaze-b2")).toMatch(new RegExp(`${name} cannot be used on Backblaze B2, .*application key`));
      expect(text("scaleway")).toMatch(
        new RegExp(`${name} cannot be used on Scaleway.* can allow but not deny \\(https:`),
      );
      expect(text("minio")).toMatch(
        new RegExp(`${name} cannot be used on MinIO.* apply only to anonymous requests \\(https:`),
      );
    });

    it("is accepted if policies can deny, and if nothing is known", () => {
      for (const provider of ["aws", "ceph-rgw", "generic"] as const) expect(refusal(provider)).not.toThrow();
    });

    it("declares no policy if it is false", () => {
      const { stack, bucket } = bucketOn("ovhcloud", { [name]: false });
      expect(synth(stack).resource.aws_s3_bucket_policy).toBeUndefined();
      expect(bucket.policy).toBeUndefined();
    });
  },
);

it("minimumTlsVersion is refused on Ceph, whose policies do not know it", () => {
  const { stack } = bucketOn("ceph-rgw", { enforceTls: true, minimumTlsVersion: "1.2" });
  expect(() => synth(stack)).toThrow(
    /minimumTlsVersion cannot be used on Ceph.*do not know the condition key s3:TlsVersion/,
  );
});
