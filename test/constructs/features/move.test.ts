import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import { TerraformIterator, TerraformResource, type TerraformStack, Testing, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, type EncryptedBucketProps } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { stackOn, synth } from "../synth.js";

interface Move {
  readonly from: string;
  readonly to: string;
}

function movesOf(stack: TerraformStack): readonly Move[] {
  return (JSON.parse(synth(stack).text) as { moved?: readonly Move[] }).moved ?? [];
}

/** Creates the scopes of a path, down to the one that will hold the construct. */
function scopeOf(stack: Construct, path: string): { readonly scope: Construct; readonly id: string } {
  const ids = path.split("/");
  const id = ids.pop() ?? "";
  return { scope: ids.reduce((scope: Construct, each) => new Construct(scope, each), stack), id };
}

function addressesIn(construct: IConstruct): string[] {
  return construct.node
    .findAll()
    .filter(TerraformResource.isTerraformResource)
    .map((part) => `${part.terraformResourceType}.${part.friendlyUniqueId}`)
    .sort();
}

function declareAt(path: string, provider: ProviderId, props: EncryptedBucketProps = {}) {
  const { stack } = stackOn(provider);
  const { scope, id } = scopeOf(stack, path);
  const logs = new EncryptedBucket(stack, "logs-of-all");
  const bucket = new EncryptedBucket(scope, id, {
    bucketName: "acme-invoices",
    versioning: "enabled",
    serverAccessLogs: { bucket: logs },
    cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }],
    ...(provider === "aws" ? { enforceTls: true } : {}),
    ...props,
  });
  return { stack, bucket };
}

describe("movedFrom", () => {
  it.each<[ProviderId, string, string]>([
    ["ovhcloud", "invoices", "billing"],
    ["aws", "invoices", "billing"],
    ["aws", "data/invoices", "billing"],
    ["ovhcloud", "invoices", "data/eu/invoices"],
    ["aws", "data/in-voices_2", "data/Invoices 3"],
    ["ovhcloud", "a/a/Default", "Resource/b"],
  ])("moves every part on %s from %s to %s", { tags: ["slow"] }, (provider, from, to) => {
    const before = addressesIn(declareAt(from, provider).bucket);
    const { stack, bucket } = declareAt(to, provider, { movedFrom: from });
    expect(before.length).toBeGreaterThan(provider === "aws" ? 8 : 4);
    expect(
      movesOf(stack)
        .map((move) => move.from)
        .sort(),
    ).toEqual(before);
    expect(
      movesOf(stack)
        .map((move) => move.to)
        .sort(),
    ).toEqual(addressesIn(bucket));
    const typeOf = (address: string) => address.split(".")[0];
    for (const move of movesOf(stack)) expect(typeOf(move.from)).toBe(typeOf(move.to));
  });

  it("moves resources that are declared later: the policy, the ACL for logs, and those that the app adds", () => {
    const before = addressesIn(withLateParts("logs").logs);
    const { stack, logs } = withLateParts("log-archive", { movedFrom: "logs" });
    expect(
      movesOf(stack)
        .map((move) => move.from)
        .sort(),
    ).toEqual(before);
    expect(addressesIn(logs).join()).toMatch(/aws_s3_bucket_notification.*aws_s3_bucket_policy/);
  });

  it("moves all instances of forEach at once", () => {
    const { stack } = stackOn("ovhcloud");
    const forEach = TerraformIterator.fromList(["north", "south"]);
    const bucketName = `acme-${forEach.key}`;
    new EncryptedBucket(stack, "regions", { forEach, bucketName, movedFrom: "areas" });
    expect(movesOf(stack).map(({ from }) => from)).toEqual([
      expect.stringMatching(/^aws_s3_bucket\.areas_bucket_[0-9A-F]{8}$/),
      expect.stringMatching(/^aws_s3_bucket_server_side_encryption_configuration\.areas_encryption_[0-9A-F]{8}$/),
    ]);
  });

  it("moves the default of a BucketEncryption", () => {
    const { stack } = stackOn("ovhcloud");
    const { encryption } = new BucketEncryption(stack, "old", { bucketName: "acme-archive" });
    const from = `${encryption.terraformResourceType}.${encryption.friendlyUniqueId}`;
    const { stack: moved } = stackOn("ovhcloud");
    new BucketEncryption(moved, "new", { bucketName: "acme-archive", movedFrom: "old" });
    expect(movesOf(moved).map((move) => move.from)).toEqual([from]);
  });

  it("leaves a part alone that the app moves itself, and moves nothing by default", () => {
    const { stack, bucket } = declareAt("billing", "ovhcloud", { movedFrom: "invoices" });
    bucket.bucket.moveFromId("aws_s3_bucket.by_hand");
    expect(movesOf(stack).filter(({ from }) => from === "aws_s3_bucket.by_hand")).toHaveLength(1);
    expect(movesOf(stack)).toHaveLength(addressesIn(bucket).length);
    expect(movesOf(declareAt("billing", "ovhcloud").stack)).toEqual([]);
  });

  it("is written in HCL too", () => {
    const { stack } = declareAt("billing", "ovhcloud", { movedFrom: "invoices" });
    expect(Testing.synthHcl(stack)).toMatch(
      /moved \{\s*to\s*= aws_s3_bucket\.billing_bucket_\w+\s*from\s*= aws_s3_bucket\.invoices_bucket_/,
    );
  });
});

describe("the check of movedFrom", () => {
  const refused = (movedFrom: string, at = "billing") => {
    const { stack } = declareAt(at, "ovhcloud", { movedFrom });
    return expect(() => synth(stack));
  };

  it.each(["", "/invoices", "invoices/", "data//invoices"])("refuses %j, which is not a path", (path) => {
    refused(path).toThrow(
      `movedFrom "${path}" is not the path of a construct; give the path of the construct in its stack`,
    );
  });

  it("refuses the address of a resource", () => {
    refused("aws_s3_bucket.invoices_bucket_1A2B3C4D").toThrow("is the address of a resource; give the path");
  });

  it("refuses a reference", () => {
    refused(Token.asString({ resolve: () => "invoices" })).toThrow("movedFrom is a reference; give the path");
  });

  it("refuses the path that the construct has", () => {
    refused("data/billing", "data/billing").toThrow(
      'movedFrom "data/billing" is the present path of the construct; leave it out',
    );
  });

  it("refuses a path that begins with the stack, unless a construct has that id", () => {
    refused("stack/data/invoices").toThrow('begins with the id of the stack; give the path within it: "data/invoices"');
    refused("stack/old", "stack/new").not.toThrow();
  });

  it("refuses the path of a construct that still exists", () => {
    const { stack } = declareAt("billing", "ovhcloud", { movedFrom: "invoices" });
    new EncryptedBucket(stack, "invoices", { bucketName: "acme-others" });
    expect(() => synth(stack)).toThrow(
      /movedFrom "invoices" is the path of a construct that still exists \(aws_s3_bucket\.invoices_bucket_\w+\); remove it/,
    );
  });

  it("refuses one path for two constructs", () => {
    const { stack } = declareAt("billing", "ovhcloud", { movedFrom: "invoices" });
    new EncryptedBucket(stack, "others", { bucketName: "acme-others", movedFrom: "invoices" });
    expect(() => synth(stack)).toThrow(
      'movedFrom "invoices" is also that of "stack/others"; give it only to the construct',
    );
  });

  it("applies to a BucketEncryption too", () => {
    const { stack } = stackOn("ovhcloud");
    new BucketEncryption(stack, "archive", { bucketName: "acme-archive", movedFrom: "archive" });
    expect(() => synth(stack)).toThrow('movedFrom "archive" is the present path of the construct');
  });
});

it("movedFrom follows a custom naming scheme of the app", () => {
  const named = (id: string, props: EncryptedBucketProps) => {
    const { stack } = stackOn("ovhcloud", {});
    stack.getLogicalId = (element) =>
      ("scopes" in element ? element : element.node).scopes
        .slice(-2)
        .map(({ node }) => node.id)
        .join("-");
    return { stack, bucket: new EncryptedBucket(stack, id, props) };
  };
  const { stack } = named("billing", { movedFrom: "invoices" });
  expect(
    movesOf(stack)
      .map(({ from }) => from)
      .sort(),
  ).toEqual(addressesIn(named("invoices", {}).bucket));
});

function withLateParts(id: string, props: EncryptedBucketProps = {}) {
  const { stack, storage } = stackOn("aws");
  const logs = new EncryptedBucket(stack, id, { bucketName: "acme-logs", ...props });
  new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices", serverAccessLogs: { bucket: logs } });
  new S3BucketNotification(logs, "events", { provider: storage.aws, bucket: logs.bucketName, eventbridge: true });
  return { stack, logs };
}
