import { TerraformVariable } from "cdktf";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  type BucketEncryptionProps,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
  type ObjectStorageProviderProps,
  type PolicyStatement,
  RequireEncryption,
  type RequireEncryptionProps,
} from "../../constructs/index.js";
import { expression, newStack, resourcesOf, stackOn, synth, warningsOf } from "./synth.js";

/** Props from a file, from `any` or from plain JavaScript, without types. */
function untyped<Props>(text: string): Props {
  return JSON.parse(text) as Props;
}

function bucketOf(text: string) {
  const { stack } = stackOn("aws");
  const bucket = new EncryptedBucket(stack, "invoices", untyped<EncryptedBucketProps>(text));
  return { stack, bucket };
}

describe("an EncryptedBucket at run time", () => {
  it.each([
    ['{"versioning":"Enabled"}', 'versioning "Enabled" is not known; give one of "enabled", "suspended"'],
    ['{"versioning":true}', 'versioning "true" is not known; give one of "enabled", "suspended"'],
    ['{"removal":"keep"}', 'removal "keep" is not known; give one of "retain", "destroy", "destroyWithContents"'],
    [
      '{"ownership":"BucketOwner"}',
      'ownership "BucketOwner" is not known; give one of "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter", false',
    ],
    ['{"enforceTls":true,"minimumTlsVersion":"1.1"}', 'minimumTlsVersion "1.1" is not known; give one of "1.2", "1.3"'],
    [
      '{"defaultRetention":{"mode":"GOVERNANCE","days":1}}',
      'defaultRetention.mode "GOVERNANCE" is not known; give one of "governance", "compliance"',
    ],
    ['{"enforceTls":"yes"}', 'enforceTls is "yes"; give true or false'],
    ['{"abortIncompleteMultipartUploadDays":"7"}', 'abortIncompleteMultipartUploadDays is "7"; give a number or false'],
    ['{"tags":null}', "tags is null; give an object of texts, or leave it out"],
    ['{"tags":{"team":1}}', 'tags is {"team":1}; give an object of texts'],
    ['{"cors":{}}', "cors is {}; give a list"],
    ['{"cors":[{"allowedMethods":"GET","allowedOrigins":["*"]}]}', 'cors[0].allowedMethods is "GET"; give a list'],
    ['{"storage":"gra"}', 'storage is "gra"; give an ObjectStorageProvider'],
    ['{"website":"index.html"}', 'website is "index.html"; give an object'],
    ['{"replication":{}}', "replication.destination is missing; give an EncryptedBucket or a BucketEncryption"],
  ])("refuses the value in %s", (text, refusal) => {
    const { stack } = bucketOf(text);
    expect(() => synth(stack)).toThrow(refusal);
  });

  it.each([
    ['{"versoning":"enabled"}', '"versoning" is not a known property; did you mean "versioning"?'],
    ['{"encryption":false}', '"encryption" is not a known property; those are bucketName, storage, '],
    [
      '{"lifecycleRules":[{"id":"tmp","expirationDays":3,"prefx":"tmp/"}]}',
      'lifecycleRules[0] "prefx" is not a known property; did you mean "prefix"?',
    ],
    [
      '{"lifecycleRules":[{"id":"cold","transitions":[{"storageClass":"GLACIER","day":90}]}]}',
      'lifecycleRules[0].transitions[0] "day" is not a known property; did you mean "days"?',
    ],
    [
      '{"blockPublicAccess":{"blockPublicACLs":false}}',
      'blockPublicAccess "blockPublicACLs" is not a known property; did you mean "blockPublicAcls"?',
    ],
    [
      '{"website":{"indexDocument":"index.html","routingRules":[{"redirect":{"host":"a.example"}}]}}',
      'website.routingRules[0].redirect "host" is not a known property; those are hostName, ',
    ],
  ])("refuses the name in %s", (text, refusal) => {
    const { stack } = bucketOf(text);
    expect(() => synth(stack)).toThrow(refusal);
  });

  it("reports all problems together, and declares none of the wrong properties", () => {
    const { stack, bucket } = bucketOf(
      '{"tags":null,"cors":{},"lifecycleRules":[{"id":"tmp","expirationDays":3,"prefx":"tmp/"}],"versioned":true}',
    );
    expect(() => synth(stack)).toThrow(/"versioned"[\s\S]*|tags is null[\s\S]*cors is \{\}[\s\S]*"prefx"/);
    expect([bucket.cors, bucket.lifecycle?.ruleInput]).toEqual([
      undefined,
      [expect.objectContaining({ id: "abort-incomplete-multipart-uploads" })],
    ]);
  });

  it("names the property that holds a reference without a type, and the typed form", () => {
    const { stack } = stackOn("aws");
    const name = new TerraformVariable(stack, "name", { type: "string" });
    new EncryptedBucket(stack, "invoices", { bucketName: name.value });
    expect(() => synth(stack)).toThrow(
      "bucketName is a reference without a type; give its stringValue, or Token.asString(...)",
    );
  });

  it("accepts references that have a type, and raw interpolation", () => {
    const { stack } = stackOn("aws");
    const name = new TerraformVariable(stack, "name", { type: "string" });
    const days = new TerraformVariable(stack, "days", { type: "number" });
    new EncryptedBucket(stack, "invoices", {
      bucketName: name.stringValue,
      tags: { team: name.stringValue },
      lifecycleRules: [{ id: "old", expirationDays: days.numberValue }],
    });
    new EncryptedBucket(stack, "letters", { bucketName: `acme-\${${name.fqn}}` });
    new EncryptedBucket(stack, "raw", {
      bucketName: `acme-${expression("var.ENV")}`,
      kmsKey: expression("var.key"),
      tags: { team: expression("var.team") },
      serverAccessLogs: { bucket: EncryptedBucket.fromBucketName(stack, "logs", expression("var.logs")) },
    });
    expect(resourcesOf(synth(stack), "aws_s3_bucket").map(({ bucket }) => bucket)).toEqual([
      expression("var.name"),
      `acme-${expression("var.name")}`,
      `acme-${expression("var.ENV")}`,
    ]);
    const elsewhere = {
      provider: "ovhcloud",
      region: expression("var.region"),
      endpoint: expression("var.url"),
    } as const;
    expect(new ObjectStorageProvider(newStack(), "storage", elsewhere).endpoint).toBe(expression("var.url"));
  });

  it("accepts known words and names, and undefined properties", () => {
    const text =
      '{"versioning":"enabled","removal":"destroy","ownership":"ObjectWriter","enforceTls":true,"minimumTlsVersion":"1.3","blockPublicAccess":{"blockPublicAcls":true}}';
    const { stack, bucket } = bucketOf(text);
    expect(synth(stack).resource.aws_s3_bucket_versioning).toBeDefined();
    expect(warningsOf(bucket)).toEqual([]);
    const undefinedProps: object = { cors: undefined };
    const other = stackOn("aws");
    new EncryptedBucket(other.stack, "invoices", undefinedProps);
    expect(() => synth(other.stack)).not.toThrow();
  });

  it("refuses a policy statement with an unknown word or name, and leaves it out of the policy", () => {
    const { stack, bucket } = bucketOf("{}");
    bucket.addToResourcePolicy(
      untyped<PolicyStatement>('{"sid":"Read","effect":"deny","principals":"*","actions":["s3:*"],"condition":{}}'),
    );
    expect(bucket.policy).toBeUndefined();
    expect(() => synth(stack)).toThrow(
      /the policy statement "Read": effect "deny" is not known; give one of "Allow", "Deny"[\s\S]*"condition" is not a known property; did you mean "conditions"\?/,
    );
  });
});

describe("the other constructs at run time", () => {
  it("BucketEncryption refuses a missing name and unknown properties", () => {
    const { stack } = stackOn("aws");
    new BucketEncryption(
      stack,
      "old",
      untyped<BucketEncryptionProps>('{"bucket":"acme-old","removal":"destroyWithContents"}'),
    );
    expect(() => synth(stack)).toThrow(
      /bucketName is missing; give a text[\s\S]*removal "destroyWithContents" is not known; give one of "retain", "destroy"/,
    );
  });

  it("fromBucketName refuses a storage that is not an ObjectStorageProvider", () => {
    const { stack } = stackOn("aws");
    EncryptedBucket.fromBucketName(stack, "old", "acme-old", untyped('{"storage":"x"}'));
    expect(() => synth(stack)).toThrow('storage is "x"; give an ObjectStorageProvider');
  });

  it("ObjectStorageProvider reports all problems together, and repeats no secret", () => {
    const props = untyped<ObjectStorageProviderProps>(
      '{"provider":"ovh","region":"gra","endpont":"http://127.0.0.1:9000","secretKey":["hush"]}',
    );
    const create = () => new ObjectStorageProvider(newStack(), "storage", props);
    expect(create).toThrow(/provider "ovh" is not known; give one of "ovhcloud"/);
    expect(create).toThrow('"endpont" is not a known property; did you mean "endpoint"?');
    expect(create).toThrow("secretKey is not a string; give one");
    expect(create).not.toThrow(/hush/);
  });

  it.each([
    [
      '{"mode":"ERROR"}',
      'RequireEncryption cannot be used: mode "ERROR" is not known; give one of "error", "warn", "fix"',
    ],
    ['{"modules":true}', 'modules "true" is not known; give one of "error", "warn", "ignore"'],
    ['{"Mode":"error"}', '"Mode" is not a known property; did you mean "mode"?'],
  ])("RequireEncryption refuses %s, on a stack and everywhere", (text, refusal) => {
    const props = untyped<RequireEncryptionProps>(text);
    expect(() => new RequireEncryption(props)).toThrow(refusal);
    expect(() => RequireEncryption.everywhereIn(newStack(), props)).toThrow(refusal);
  });
});
