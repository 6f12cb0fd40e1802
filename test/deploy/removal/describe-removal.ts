import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProviderId } from "../../../providers/index.js";
import { defaultEncryption } from "../changes/encryption.js";
import { providerMirror } from "../prerequisites.js";
import { type S3Server, TerraformProject } from "../terraform-project.js";
import { declareAll, declareLast, declareRest, NAMES, type Place } from "./declare-buckets.js";
import { createFound, readFound } from "./found-bucket.js";

export interface Removal {
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
      // What would go first refuses first: the defaults, before the buckets that they belong to.
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
