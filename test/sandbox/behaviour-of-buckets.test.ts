import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { clientOf, put, start, stateOf } from "./client.js";
import { code, describeSwitches, type Switched } from "./switches.js";

interface Refused {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers: Readonly<Record<string, string>> };
  readonly Endpoint?: string;
}

/** Status, the region that the answer names, and the endpoint; `null` on success. */
const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    ({ $metadata, $response, Endpoint }: Refused) => [
      $metadata.httpStatusCode,
      $response?.headers["x-amz-bucket-region"],
      Endpoint,
    ],
  );

async function lifecycleOf(s3: S3Client) {
  const rule = { Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } } as const;
  const Rules = ["", "tmp/"].map((Prefix) => ({ ...rule, ID: `of ${Prefix}`, Filter: { Prefix } }));
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: "bucket", LifecycleConfiguration: { Rules } }));
  return s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: "bucket" }));
}

async function unset(s3: S3Client): Promise<unknown> {
  try {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: "bucket" }));
    return ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  } catch (error) {
    return (error as Error).name;
  }
}

const SWITCHES: readonly Switched[] = [
  {
    title: "a bucket that refuses every call",
    on: { deniedBuckets: ["bucket"] },
    off: { deniedBuckets: ["another"] },
    look: async (s3) => [
      await code(s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))),
      await refusalOf(s3.send(new HeadBucketCommand({ Bucket: "bucket" }))),
      await code(put(s3, "k")),
    ],
    expected: { on: ["AccessDenied", [403, undefined, undefined], "AccessDenied"], off: ["done", null, "done"] },
  },
  {
    title: "a bucket of another region, asked in the sandbox's own",
    on: { bucketRegions: { bucket: "eu-west-3" } },
    off: { bucketRegions: { another: "eu-west-3" } },
    look: async (s3) => [
      await refusalOf(s3.send(new HeadBucketCommand({ Bucket: "bucket" }))),
      await refusalOf(s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))),
    ],
    expected: {
      on: [
        [301, "eu-west-3", undefined],
        [301, "eu-west-3", "bucket.s3.eu-west-3.amazonaws.com"],
      ],
      off: [null, null],
    },
  },
  {
    title: "how such a call is refused",
    on: { bucketRegions: { bucket: "eu-west-3" }, otherRegion: "redirect" },
    off: { bucketRegions: { bucket: "eu-west-3" }, otherRegion: "malformed" },
    look: async (s3) => code(s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))),
    expected: { on: "PermanentRedirect", off: "AuthorizationHeaderMalformed" },
  },
  {
    title: "a listed date that is none",
    on: { listedDates: "missing" },
    off: { listedDates: "true" },
    look: async (s3) => {
      await put(s3, "k/odd-date");
      await put(s3, "k/plain");
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "bucket" }));
      return Contents.map(({ LastModified }) => LastModified instanceof Date);
    },
    expected: { on: [false, true], off: [true, true] },
  },
  {
    title: "uploads are listed, and said to be encoded",
    on: { uploadListing: "all" },
    off: { uploadListing: "encoded-unsaid" },
    look: async (s3) => {
      await s3.send(new CreateMultipartUploadCommand({ Bucket: "bucket", Key: "a/b%c" }));
      const asked = { Bucket: "bucket", EncodingType: "url" } as const;
      const { Uploads, EncodingType } = await s3.send(new ListMultipartUploadsCommand(asked));
      return [Uploads?.map(({ Key }) => Key), EncodingType];
    },
    expected: { on: [["a/b%25c"], "url"], off: [["a/b%25c"], undefined] },
  },
  {
    title: "listings are in the order of UTF-8",
    on: { listingOrder: "utf-8" },
    off: { listingOrder: "utf-16" },
    look: async (s3) => {
      for (const key of ["a", "\u{1f98a}", "\uff5e", "z"]) await put(s3, key);
      const all = await s3.send(new ListObjectsV2Command({ Bucket: "bucket" }));
      const after = await s3.send(new ListObjectsV2Command({ Bucket: "bucket", StartAfter: "\u{1f98a}" }));
      return [all, after].map(({ Contents = [] }) => Contents.map(({ Key }) => Key).join(" "));
    },
    expected: { on: ["a z \uff5e \u{1f98a}", ""], off: ["a z \u{1f98a} \uff5e", "\uff5e"] },
  },
  {
    title: "EncodingType of a listing",
    on: { encodingType: "supported" },
    off: { encodingType: "ignored" },
    look: async (s3) => {
      await put(s3, "a b");
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: "bucket", EncodingType: "url" }));
      return [listed.EncodingType, listed.Contents?.[0]?.Key];
    },
    expected: { on: ["url", "a%20b"], off: [undefined, "a b"] },
  },
  {
    title: "how a space is encoded in a listing",
    on: { encodedSpace: "plus" },
    off: { encodedSpace: "percent" },
    look: async (s3) => {
      await put(s3, "a b/c");
      const request = { Bucket: "bucket", EncodingType: "url" as const, Delimiter: "/" };
      return (await s3.send(new ListObjectsV2Command(request))).CommonPrefixes?.[0]?.Prefix;
    },
    expected: { on: "a+b/", off: "a%20b/" },
  },
  {
    title: "a bucket policy",
    on: { bucketPolicy: "enforced" },
    off: { bucketPolicy: "kept" },
    look: async (s3) => {
      const Policy = JSON.stringify({
        Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::bucket/*" }],
      });
      await s3.send(new PutBucketPolicyCommand({ Bucket: "bucket", Policy }));
      return code(put(s3, "k"));
    },
    expected: { on: "AccessDenied", off: "done" },
  },
  {
    title: "a listing that shows what there was a minute ago",
    on: { listingLagMs: 60_000 },
    off: { listingLagMs: 0 },
    look: async (s3) => {
      await put(s3, "k");
      return (await s3.send(new ListObjectsV2Command({ Bucket: "bucket" }))).KeyCount;
    },
    expected: { on: 0, off: 1 },
  },
  {
    title: "versioning",
    on: { versioning: "supported" },
    off: { versioning: "unsupported" },
    look: (s3) => {
      const VersioningConfiguration = { Status: "Enabled" as const };
      return code(s3.send(new PutBucketVersioningCommand({ Bucket: "bucket", VersioningConfiguration })));
    },
    expected: { on: "done", off: "NotImplemented" },
  },
  {
    title: "an always encrypting store",
    on: { unsetDefaultEncryption: "aes256" },
    off: { unsetDefaultEncryption: "not-found" },
    look: async (s3) => {
      await put(s3, "k");
      return [await unset(s3), await stateOf(s3, "k")];
    },
    expected: {
      on: ["AES256", "AES256"],
      off: ["ServerSideEncryptionConfigurationNotFoundError", undefined],
    },
  },
  {
    title: "a default encryption that is refused for a while, and one that is refused for good",
    on: { defaultEncryptionRefused: "first-time" },
    off: { defaultEncryptionRefused: "always" },
    look: async (s3) => {
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } };
      const request = { Bucket: "bucket", ServerSideEncryptionConfiguration: { Rules: [rule] } };
      const set = () => code(s3.send(new PutBucketEncryptionCommand(request)));
      return [await set(), await set(), await unset(s3)];
    },
    expected: {
      on: ["MalformedXML", "done", "AES256"],
      off: ["MalformedXML", "MalformedXML", "ServerSideEncryptionConfigurationNotFoundError"],
    },
  },
  {
    title: "GetBucketEncryption of a store that says plaintext, and one that says nothing",
    on: { unsetDefaultEncryption: "plaintext" },
    off: { unsetDefaultEncryption: "empty" },
    look: unset,
    expected: { on: "plaintext", off: undefined },
  },
  {
    title: "the header that Terraform's resource for lifecycle rules waits for",
    on: { transitionSizeHeader: "sent" },
    off: { transitionSizeHeader: "absent" },
    look: async (s3) => (await lifecycleOf(s3)).TransitionDefaultMinimumObjectSize,
    expected: { on: "all_storage_classes_128K", off: undefined },
  },
  {
    title: "the filter of a lifecycle rule for the whole bucket, and of none else",
    on: { emptyLifecycleFilter: "kept" },
    off: { emptyLifecycleFilter: "prefix" },
    look: async (s3) => ((await lifecycleOf(s3)).Rules ?? []).map(({ Filter, Prefix }) => [Filter?.Prefix, Prefix]),
    expected: {
      on: [
        ["", undefined],
        ["tmp/", undefined],
      ],
      off: [
        [undefined, ""],
        ["tmp/", undefined],
      ],
    },
  },
];

describeSwitches(SWITCHES);

test("the ovh profile answers 501 for features that OVHcloud lacks, unlike the aws profile", async () => {
  const policy = new GetBucketPolicyCommand({ Bucket: "bucket" });
  const accelerate = new GetBucketAccelerateConfigurationCommand({ Bucket: "bucket" });
  const ovh = (await start({ profile: "ovh" })).s3;
  const aws = (await start({ profile: "aws" })).s3;
  expect([await code(ovh.send(policy)), await code(ovh.send(accelerate))]).toEqual(Array(2).fill("NotImplemented"));
  expect([await code(aws.send(policy)), await code(aws.send(accelerate))]).toEqual(["NoSuchBucketPolicy", "done"]);
});

test("replication requires versioning in its source and its destination", async () => {
  const { s3 } = await start();
  await s3.send(new CreateBucketCommand({ Bucket: "replicas" }));
  const rule = { ID: "r", Priority: 1, Status: "Enabled", Filter: { Prefix: "" } } as const;
  const Destination = { Bucket: "arn:aws:s3:::replicas" };
  const Rules = [{ ...rule, DeleteMarkerReplication: { Status: "Disabled" as const }, Destination }];
  const ReplicationConfiguration = { Role: "", Rules };
  const replicate = () =>
    code(s3.send(new PutBucketReplicationCommand({ Bucket: "bucket", ReplicationConfiguration })));
  const version = (Bucket: string) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  const found = [await replicate()];
  await version("bucket");
  found.push(await replicate());
  await version("replicas");
  expect([...found, await replicate()]).toEqual(["InvalidRequest", "InvalidRequest", "done"]);
});

test("a bucket in another region accepts requests signed for it, and names its region to others", async () => {
  const { sandbox } = await start();
  sandbox.changeBehaviour({ bucketRegions: { bucket: "eu-west-3" } });
  const list = async (region: string) => {
    const s3 = clientOf({ ...sandbox, region }, sandbox.credentials);
    const found = await s3.send(new ListObjectsV2Command({ Bucket: "bucket" })).then(
      () => "done",
      ({ name, Region }) => [name, Region],
    );
    s3.destroy();
    return found;
  };
  expect(await list("eu-west-3")).toBe("done");
  expect(await list("us-west-2")).toEqual(["AuthorizationHeaderMalformed", "eu-west-3"]);
});
