// @module-tag deploy
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BucketEncryption, EncryptedBucket, ObjectStorageProvider } from "../../constructs/index.js";
import type { ProviderId } from "../../providers/index.js";
import { startSandbox } from "../../sandbox/index.js";
import { type Front, startFront } from "../endpoint/front.js";
import { LONG } from "../length.js";
import { motoMissing, needMoto } from "../servers/programs.js";
import { orCode } from "./changes.js";
import { deployMissing, providerMirror } from "./prerequisites.js";
import { type S3Server, TerraformProject } from "./terraform-project.js";

const MOVES = LONG ? 20 : 2;
const TIMEOUT_MS = MOVES * 120_000;
const NAMES = ["acme-ledger", "acme-source", "acme-copies", "acme-found"];

interface Place {
  readonly title: string;
  readonly skipped: string | undefined;
  readonly provider: ProviderId;
  readonly region: string;
  readonly role?: string;
  start(): Promise<S3Server & { close(): Promise<void> }>;
}

const places: readonly Place[] = [
  {
    title: "OVHcloud, on the sandbox",
    skipped: deployMissing(),
    provider: "ovhcloud",
    region: "gra",
    start: () => startSandbox(),
  },
  {
    title: "Amazon S3, on moto_server",
    skipped: deployMissing() ?? motoMissing(),
    provider: "aws",
    region: "eu-west-3",
    role: "arn:aws:iam::111122223333:role/replication",
    start: needMoto,
  },
];

describe.each(places)("renamed and moved buckets of $title", (place) => {
  const { provider, region, role, skipped } = place;
  describe.skipIf(skipped !== undefined)(skipped === undefined ? "with movedFrom" : `(skipped: ${skipped})`, () => {
    let server: Awaited<ReturnType<typeof place.start>>;
    let front: Front;
    let s3: S3Client;
    let project: TerraformProject;
    const writes: string[] = [];

    beforeAll(async () => {
      server = await place.start();
      const { endpoint, credentials } = server;
      front = await startFront({ endpoint, region, credentials }, ({ operation, method, bucket }) => {
        if (method !== "GET" && method !== "HEAD") writes.push(`${operation} ${bucket}`);
        return undefined;
      });
      s3 = new S3Client({ endpoint, credentials, region, forcePathStyle: true });
      const CreateBucketConfiguration = { LocationConstraint: region as never };
      await s3.send(new CreateBucketCommand({ Bucket: "acme-found", CreateBucketConfiguration }));
      project = await TerraformProject.create({
        mirror: providerMirror,
        server: { endpoint: front.endpoint, credentials },
        stack: "moves",
      });
      synth(0);
      expect(await project.terraform("init", "-no-color")).toMatchObject({ exitCode: 0 });
      expect(await project.apply()).toMatchObject({ exitCode: 0, errors: [] });
      for (const Bucket of NAMES.slice(0, 3)) {
        await s3.send(new PutObjectCommand({ Bucket, Key: "kept.txt", Body: "worth keeping" }));
      }
    }, TIMEOUT_MS);

    afterAll(async () => {
      s3?.destroy();
      await project?.remove();
      await front?.close();
      await server?.close();
    });

    const synth = (step: number, tellsMoves = true) =>
      project.synth((stack) => {
        new ObjectStorageProvider(stack, "storage", { provider, region, endpoint: front.endpoint });
        declare(stack, role, step, tellsMoves);
      });

    it("would be destroyed and recreated without movedFrom", { timeout: TIMEOUT_MS }, async () => {
      synth(1, false);
      const { changes } = await project.plan();
      expect(Object.values(changes)).toEqual(expect.arrayContaining(["create", "delete"]));
    });

    it(`are moved ${MOVES} times without a write to the store`, { timeout: TIMEOUT_MS }, async () => {
      const before = await settingsOf(s3);
      expect(before["acme-ledger"]).toMatchObject({ versioning: "Enabled", lock: "GOVERNANCE" });
      expect(before["acme-source"]).toMatchObject({ versioning: "Enabled", replicates: "arn:aws:s3:::acme-copies" });
      for (let step = 1; step <= MOVES; step++) {
        writes.length = 0;
        synth(step);
        const { exitCode, errors, changes } = await project.apply();
        expect([step, exitCode, errors, writes]).toEqual([step, 0, [], []]);
        expect(Object.values(changes)).toEqual(Object.keys(changes).map(() => "move"));
        expect(Object.keys(changes).length).toBeGreaterThan(10);
        expect(await settingsOf(s3)).toEqual(before);
      }
    });

    it("have no changes afterwards, with and without movedFrom", { timeout: TIMEOUT_MS }, async () => {
      expect(await project.plan()).toMatchObject({ exitCode: 0, changes: {}, errors: [] });
      synth(MOVES, false);
      expect(await project.plan()).toMatchObject({ exitCode: 0, changes: {}, errors: [] });
    });
  });
});

function declare(stack: TerraformStack, role: string | undefined, step: number, tellsMoves: boolean): void {
  const scopes = new Map<string, Construct>();
  const at = (id: string) => {
    const ids = pathAt(step, id).split("/");
    const [scope, above] = [ids.slice(0, -1), ids.at(-1) ?? ""];
    const inner = scope.reduce((outer: Construct, each, index) => {
      const path = scope.slice(0, index + 1).join("/");
      const found = scopes.get(path) ?? new Construct(outer, each);
      scopes.set(path, found);
      return found;
    }, stack);
    return [inner, above] as const;
  };
  const move = (id: string) => (tellsMoves && step > 0 ? { movedFrom: pathAt(step - 1, id) } : {});
  // Terraform waits for most of a minute after it has put lifecycle rules on Amazon S3.
  const common = { abortIncompleteMultipartUploadDays: false, versioning: "enabled" } as const;
  const bucketOf = (id: string) => ({ ...common, bucketName: `acme-${id}`, ...move(id) });
  new EncryptedBucket(...at("ledger"), {
    ...bucketOf("ledger"),
    defaultRetention: { mode: "governance", days: 1 },
    tags: { team: "billing" },
  });
  const destination = new EncryptedBucket(...at("copies"), bucketOf("copies"));
  new EncryptedBucket(...at("source"), {
    ...bucketOf("source"),
    replication: { destination, ...(role === undefined ? {} : { role }) },
  });
  new BucketEncryption(...at("found"), { bucketName: "acme-found", ...move("found") });
}

/** Another id, another scope, and both, in turn. */
function pathAt(step: number, id: string): string {
  return [`${id}-${step}`, `data/${id}`, `data/eu-${step}/${id}-of-${step}`][step % 3] ?? id;
}

async function settingsOf(s3: S3Client) {
  const found = await Promise.all(
    NAMES.map(async (Bucket) => {
      const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      const lock = await orCode(s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
      const replication = await orCode(s3.send(new GetBucketReplicationCommand({ Bucket })));
      return {
        encryption: encryption.ServerSideEncryptionConfiguration?.Rules,
        versioning: (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
        lock: typeof lock === "string" ? lock : lock.ObjectLockConfiguration?.Rule?.DefaultRetention?.Mode,
        replicates:
          typeof replication === "string"
            ? replication
            : replication.ReplicationConfiguration?.Rules?.[0]?.Destination?.Bucket,
      };
    }),
  );
  return Object.fromEntries(NAMES.map((name, index) => [name, found[index]]));
}
