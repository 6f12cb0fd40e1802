import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { TerraformStack } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
  UnmanagedBucket,
} from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { defaultEncryption } from "../changes.js";
import { providerMirror } from "../prerequisites.js";
import { type S3Server, TerraformProject } from "../terraform-project.js";

interface Removal {
  readonly title: string;
  /** Why it cannot run here; shown in the title. */
  readonly skipped: string | undefined;
  readonly provider: ProviderId;
  readonly region: string;
  /** Whether a bucket whose contents may go has a delete marker among them. */
  readonly deleteMarker: boolean;
  start(): Promise<S3Server & { close(): Promise<void> }>;
}

const TIMEOUT_MS = 600_000;
const AES256 = { SSEAlgorithm: "AES256", BucketKeyEnabled: false };
const RENAMED = "acme-renamed";

/** How buckets come into Terraform's hands and out of them, on a live endpoint: each test goes on from the one before. */
export function describeRemoval({ title, skipped, provider, region, deleteMarker, start }: Removal): void {
  describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
    let server: Awaited<ReturnType<typeof start>>;
    let s3: S3Client;
    let project: TerraformProject;
    let place: Place;

    beforeAll(async () => {
      server = await start();
      place = { provider, region, endpoint: server.endpoint };
      s3 = new S3Client({ endpoint: server.endpoint, credentials: server.credentials, region, forcePathStyle: true });
      await createFound(s3, region, NAMES.found);
      await createFound(s3, region, NAMES.others);
      project = await TerraformProject.create({ mirror: providerMirror, server, stack: "removal" });
      project.synth((stack) => declareAll(stack, place));
      const { exitCode, output } = await project.terraform("init", "-no-color");
      expect(exitCode, output).toBe(0);
    }, TIMEOUT_MS);

    afterAll(async () => {
      s3?.destroy();
      await project?.remove();
      await server?.close();
    });

    const buckets = async () =>
      ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name).sort();
    const body = async (Bucket: string, Key: string) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Body?.transformToString();
    };

    it("include an imported bucket, of which only the default encryption changes", {
      timeout: TIMEOUT_MS,
    }, async () => {
      const before = await readFound(s3, NAMES.found);
      const applied = await project.apply();
      expect(applied).toMatchObject({ exitCode: 0, errors: [] });
      expect(applied.changes["aws_s3_bucket.found_bucket"]).toMatch(/^import/);
      expect(applied.changes["aws_s3_bucket_server_side_encryption_configuration.others_encryption"]).toBe("create");
      expect(await defaultEncryption(s3, NAMES.found)).toEqual(AES256);
      expect(await readFound(s3, NAMES.found)).toEqual(before);
      expect(await readFound(s3, NAMES.others)).toEqual(before);
      expect(await body(NAMES.found, "old.txt")).toBe("written before");
      expect(await project.plan()).toMatchObject({ exitCode: 0, changes: {}, errors: [] });
    });

    it("refuse to be destroyed, and keep their default encryption", {
      timeout: TIMEOUT_MS,
    }, async () => {
      for (const Bucket of [NAMES.kept, NAMES.full]) {
        await s3.send(new PutObjectCommand({ Bucket, Key: "kept.txt", Body: "worth keeping" }));
      }
      for (const Key of ["a", "a", "b"])
        await s3.send(new PutObjectCommand({ Bucket: NAMES.wiped, Key, Body: "worthless" }));
      if (deleteMarker) await s3.send(new DeleteObjectCommand({ Bucket: NAMES.wiped, Key: "b" }));
      const { exitCode, errors } = await project.destroy();
      expect(exitCode).toBe(1);
      // The resources that would go first refuse first: the defaults, before the buckets that they belong to.
      for (const id of ["found", "others", "kept"]) {
        const refusal = `^Instance cannot be destroyed: .*server_side_encryption_configuration.${id}_encryption`;
        expect(errors).toContainEqual(expect.stringMatching(new RegExp(refusal)));
      }
      expect(await buckets()).toEqual(Object.values(NAMES).sort());
      for (const Bucket of Object.values(NAMES)) expect(await defaultEncryption(s3, Bucket), Bucket).toEqual(AES256);
    });

    it("refuse another name, which would be another bucket", { timeout: TIMEOUT_MS }, async () => {
      project.synth((stack) => declareAll(stack, place, { kept: RENAMED }));
      const { exitCode, errors } = await project.apply();
      expect(exitCode).toBe(1);
      expect(errors).toContainEqual(
        expect.stringMatching(/^Instance cannot be destroyed: .*aws_s3_bucket\.kept_bucket/),
      );
      expect(await buckets()).toEqual(Object.values(NAMES).sort());
      expect(await body(NAMES.kept, "kept.txt")).toBe("worth keeping");
    });

    it("are released if unmanaged, and destroyed only if that is allowed", {
      timeout: TIMEOUT_MS,
    }, async () => {
      project.synth((stack) => declareRest(stack, place, RENAMED));
      const { exitCode, errors, changes } = await project.apply();
      expect(changes["aws_s3_bucket.empty_bucket"]).toBe("replace");
      expect(changes["aws_s3_bucket.wiped_bucket"]).toBe("delete");
      expect({ exitCode, errors }).toEqual({
        exitCode: 1,
        errors: [expect.stringMatching(/acme-full.*BucketNotEmpty/s)],
      });
      expect(await buckets()).toEqual([NAMES.found, NAMES.full, NAMES.kept, NAMES.others, RENAMED].sort());
      expect(await body(NAMES.full, "kept.txt")).toBe("worth keeping");
      for (const Bucket of [NAMES.found, NAMES.others, NAMES.kept]) {
        expect(await defaultEncryption(s3, Bucket), Bucket).toEqual(AES256);
      }
    });

    it("can be removed from the code without being destroyed, once they are unmanaged", {
      timeout: TIMEOUT_MS,
    }, async () => {
      for (const { Key, VersionId } of (await s3.send(new ListObjectVersionsCommand({ Bucket: NAMES.full })))
        .Versions ?? []) {
        await s3.send(new DeleteObjectCommand({ Bucket: NAMES.full, Key, VersionId }));
      }
      project.synth((stack) => declareLast(stack, place, RENAMED));
      const { exitCode, changes, errors } = await project.apply();
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: [] });
      expect(Object.values(changes)).toEqual(Object.keys(changes).map(() => "delete"));
      expect(await buckets()).toEqual([NAMES.found, NAMES.kept, NAMES.others, RENAMED].sort());
      expect(await body(NAMES.kept, "kept.txt")).toBe("worth keeping");
    });
  });
}

/** Every bucket by its id; `found` and `others` are there before. */
const NAMES = {
  found: "acme-found",
  others: "acme-of-others",
  kept: "acme-kept",
  empty: "acme-empty",
  full: "acme-full",
  wiped: "acme-wiped",
} as const;

interface Place {
  readonly provider: ProviderId;
  readonly region: string;
  readonly endpoint: string;
}

// Terraform waits for most of a minute after it has put lifecycle rules on Amazon S3.
const swift = { abortIncompleteMultipartUploadDays: false } as const;

function declareAll(
  stack: TerraformStack,
  place: Place,
  renamed: Readonly<Partial<Record<keyof typeof NAMES, string>>> = {},
): void {
  const names = { ...NAMES, ...renamed };
  const declare = (id: keyof typeof NAMES, props: EncryptedBucketProps) =>
    new EncryptedBucket(stack, id, { bucketName: names[id], ...swift, ...props });
  new ObjectStorageProvider(stack, "storage", place);
  new BucketEncryption(stack, "others", { bucketName: names.others });
  declare("found", { importExisting: true });
  declare("kept", {});
  declare("empty", { removal: "destroy" });
  declare("full", { removal: "destroy" });
  declare("wiped", { removal: "destroyWithContents", versioning: "enabled" });
}

/** Resources that may not go are released, one that may go gets another name, and the others are no longer there. */
function declareRest(stack: TerraformStack, place: Place, empty: string): void {
  for (const id of ["found", "others", "kept"]) new UnmanagedBucket(stack, id);
  declareLast(stack, place, empty);
}

/** The same, once the code no longer mentions the released resources. */
function declareLast(stack: TerraformStack, place: Place, empty: string): void {
  new ObjectStorageProvider(stack, "storage", place);
  new EncryptedBucket(stack, "empty", { bucketName: empty, removal: "destroy", ...swift });
}

/** A bucket as somebody made it by hand years ago: an object, tags, a lifecycle rule, a CORS rule. */
async function createFound(s3: S3Client, region: string, Bucket: string): Promise<void> {
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region as never } }),
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: "old.txt", Body: "written before" }));
  const TagSet = [{ Key: "owner", Value: "someone" }];
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  const rule = { ID: "drafts", Status: "Enabled" as const, Filter: { Prefix: "drafts/" }, Expiration: { Days: 30 } };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }));
  const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://app.example"] }];
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
}

/** The settings of the bucket that no property of ours names. */
async function readFound(s3: S3Client, Bucket: string): Promise<unknown> {
  const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket }));
  return { TagSet, Rules, CORSRules };
}
