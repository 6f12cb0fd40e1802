import { describe, expect, it } from "vitest";
import { corsProblems } from "../../../constructs/features/cors.js";
import { type CorsRule, EncryptedBucket } from "../../../constructs/index.js";
import { expression, stackOnOvhcloud, storageOn, synth } from "../synth.js";

const aws = storageOn("aws");
const rule: CorsRule = { allowedMethods: ["GET", "HEAD"], allowedOrigins: ["https://app.example"] };

describe("cors", () => {
  it("declares each given rule", () => {
    const { stack } = stackOnOvhcloud();
    const full: CorsRule = { ...rule, allowedHeaders: ["*"], exposeHeaders: ["ETag"], maxAgeSeconds: 60, id: "app" };
    const { bucket, cors } = new EncryptedBucket(stack, "media", { cors: [rule, full] });
    expect(synth(stack).resource.aws_s3_bucket_cors_configuration).toEqual({
      [cors?.friendlyUniqueId ?? ""]: {
        bucket: expression(`aws_s3_bucket.${bucket.friendlyUniqueId}.id`),
        provider: "aws",
        cors_rule: [
          { allowed_methods: ["GET", "HEAD"], allowed_origins: ["https://app.example"] },
          {
            allowed_methods: ["GET", "HEAD"],
            allowed_origins: ["https://app.example"],
            allowed_headers: ["*"],
            expose_headers: ["ETag"],
            max_age_seconds: 60,
            id: "app",
          },
        ],
      },
    });
  });

  it("declares nothing without a rule", () => {
    const { stack } = stackOnOvhcloud();
    expect(new EncryptedBucket(stack, "media", { cors: [] }).cors).toBeUndefined();
    expect(synth(stack).resource.aws_s3_bucket_cors_configuration).toBeUndefined();
  });

  it.each<[string, Partial<CorsRule>, string]>([
    ["no method", { allowedMethods: [] }, "allows no method; name at least one"],
    ["no origin", { allowedOrigins: [] }, "allows no origin; name at least one"],
    [
      "a method that S3 does not know",
      { allowedMethods: ["PATCH" as never] },
      'has the method "PATCH"; S3 knows GET, PUT, POST, DELETE, HEAD',
    ],
    [
      "two stars in an origin",
      { allowedOrigins: ["https://*.*.example"] },
      'has "https://*.*.example"; an origin or header holds one * at most',
    ],
    ["two stars in a header", { allowedHeaders: ["x-*-*"] }, 'has "x-*-*"'],
    ["a negative max age", { maxAgeSeconds: -1 }, "has maxAgeSeconds -1; give a whole number from 0"],
    ["a long id", { id: "i".repeat(256) }, "has an id of 256 characters; give 255 at most"],
  ])("refuses a rule with %s", (_, wrong, words) => {
    expect(corsProblems({ cors: [rule, { ...rule, ...wrong }] }, aws)).toEqual([
      expect.stringContaining(`cors[1] ${words}`),
    ]);
  });

  it("accepts at most 100 rules, with any origin", () => {
    const rules = (count: number) => Array.from({ length: count }, () => ({ ...rule, allowedOrigins: ["*"] }));
    expect(corsProblems({ cors: rules(101) }, aws)).toEqual(["cors has 101 rules; a bucket has 100 at most"]);
    expect(corsProblems({ cors: rules(100) }, aws)).toEqual([]);
  });

  it("is refused with store and source if the store lacks it", () => {
    expect(corsProblems({ cors: [rule] }, storageOn("minio"))).toEqual([
      expect.stringMatching(/^cors cannot be used on MinIO, which has no CORS rules \(https:/),
    ]);
    expect(corsProblems({ cors: [] }, storageOn("minio"))).toEqual([]);
  });
});
