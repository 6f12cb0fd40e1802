import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { TerraformStack } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
} from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { defaultEncryption, type Neighbours, type PropertyChange, removeDefault } from "../changes.js";
import { providerMirror } from "../prerequisites.js";
import { type S3Server, TerraformProject, type TerraformRun } from "../terraform-project.js";

interface LifeServer extends S3Server {
  close(): Promise<void>;
}

interface Life {
  readonly title: string;
  /** Why it cannot run here; shown in the title. */
  readonly skipped: string | undefined;
  readonly provider: ProviderId;
  readonly region: string;
  /** How a bucket encrypts if nobody gave it a default: the code of the answer, or the algorithm. */
  readonly withoutDefault: unknown;
  readonly changes: readonly PropertyChange[];
  /** The ids of those into which no object is put, since this server would go wrong with one. */
  readonly stayEmpty?: readonly string[];
  start(): Promise<LifeServer>;
}

const TIMEOUT_MS = 600_000;
const AES256 = { SSEAlgorithm: "AES256", BucketKeyEnabled: false };
const NOTHING_TO_CHANGE = { exitCode: 0, changes: {}, errors: [] };

/** The life of buckets on a live endpoint, through real Terraform, many in one apply: each test goes on from the one before. */
export function describeLife({ title, skipped, start, stayEmpty = [], ...life }: Life): void {
  const { changes, region } = life;
  const filled = changes.filter(({ id }) => !stayEmpty.includes(id));
  describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
    let server: LifeServer;
    let s3: S3Client;
    let project: TerraformProject;

    beforeAll(async () => {
      server = await start();
      s3 = new S3Client({ endpoint: server.endpoint, credentials: server.credentials, region, forcePathStyle: true });
      await createAdopted(s3, region);
      project = await TerraformProject.create({ mirror: providerMirror, server, stack: "life" });
      synth("before");
      const { exitCode, output } = await project.terraform("init", "-no-color");
      expect(exitCode, output).toBe(0);
    }, TIMEOUT_MS);

    afterAll(async () => {
      s3?.destroy();
      await project?.remove();
      await server?.close();
    });

    const synth = (state: State) =>
      project.synth((stack) => declareLife(stack, { ...life, endpoint: server.endpoint, state }));
    const buckets = [ADOPTED, ...changes.map(bucketOf)];
    const found = () => byId(changes, (change) => change.read(s3, bucketOf(change)));
    const wanted = (state: "before" | "after") => byId(changes, async ({ finds }) => finds[state]);

    it("are created with all their properties, and each with a default", { timeout: TIMEOUT_MS }, async () => {
      expect(await defaultEncryption(s3, ADOPTED)).toEqual(life.withoutDefault);
      expect(await project.apply()).toMatchObject({ exitCode: 0, errors: [] });
      expect(await found()).toEqual(await wanted("before"));
      for (const Bucket of buckets) expect(await defaultEncryption(s3, Bucket), Bucket).toEqual(AES256);
      for (const change of filled) {
        await s3.send(new PutObjectCommand({ Bucket: bucketOf(change), Key: "kept.txt", Body: "written early on" }));
      }
    });

    it("have no changes in a second plan", { timeout: TIMEOUT_MS }, async () => {
      expect(told(await project.plan())).toEqual(NOTHING_TO_CHANGE);
    });

    it("change each property in place, and nothing else", { timeout: TIMEOUT_MS }, async () => {
      synth("after");
      const applied = await project.apply();
      expect(applied).toMatchObject({ exitCode: 0, errors: [] });
      expect(applied.changes).toEqual(Object.assign({}, ...changes.map(({ plan }) => plan)));
      expect(await found()).toEqual(await wanted("after"));
    });

    it("have settings that were undone by hand restored in one apply", { timeout: TIMEOUT_MS }, async () => {
      for (const Bucket of buckets) await removeDefault(s3, Bucket);
      for (const change of changes) await change.undo(s3, bucketOf(change));
      const undone = await found();
      for (const { id, finds } of changes) expect(undone[id], id).not.toEqual(finds.after);
      expect(await defaultEncryption(s3, ADOPTED)).toEqual(life.withoutDefault);
      const applied = await project.apply();
      expect(applied).toMatchObject({ exitCode: 0, errors: [] });
      expect(Object.values(applied.changes)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/delete|replace/)]),
      );
      expect(await found()).toEqual(await wanted("after"));
      expect(await defaultEncryption(s3, ADOPTED)).toEqual(AES256);
      expect(told(await project.plan())).toEqual(NOTHING_TO_CHANGE);
    });

    it("lose the properties that are left out, and no bucket is deleted", { timeout: TIMEOUT_MS }, async () => {
      synth("left-out");
      const applied = await project.apply();
      expect(applied).toMatchObject({ exitCode: 0, errors: [] });
      const adopted = { "aws_s3_bucket_server_side_encryption_configuration.adopted_encryption": "delete" };
      expect(applied.changes).toEqual(Object.assign(adopted, ...changes.map(({ leftOut }) => leftOut)));
      expect(await defaultEncryption(s3, ADOPTED)).toEqual(life.withoutDefault);
      for (const change of changes) expect(await defaultEncryption(s3, bucketOf(change)), change.id).toEqual(AES256);
    });

    it("keep every object through all of this", async () => {
      const bodies = await byId(filled, async (change) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucketOf(change), Key: "kept.txt" }));
        return Body?.transformToString();
      });
      expect(bodies).toEqual(await byId(filled, async () => "written early on"));
      expect(await readAdopted(s3)).toBe("written before");
    });
  });
}

/** A first look writes down much that nobody changed, which is no drift to speak of. */
function told({ exitCode, changes, errors }: TerraformRun) {
  return { exitCode, changes, errors };
}

async function byId<T>(changes: readonly PropertyChange[], of: (change: PropertyChange) => Promise<T>) {
  const entries = await Promise.all(changes.map(async (change) => [change.id, await of(change)] as const));
  return Object.fromEntries(entries);
}

/** `left-out`: the buckets without their properties, and the adopted one no longer declared. */
type State = "before" | "after" | "left-out";

interface DeclaredLife {
  readonly provider: ProviderId;
  readonly region: string;
  readonly endpoint: string;
  readonly changes: readonly PropertyChange[];
  readonly state: State;
}

function bucketOf({ id }: Pick<PropertyChange, "id">): string {
  return `acme-life-${id}`;
}

function declareLife(stack: TerraformStack, { changes, state, provider, region, endpoint }: DeclaredLife): void {
  new ObjectStorageProvider(stack, "storage", { provider, region, endpoint });
  if (state !== "left-out") new BucketEncryption(stack, "adopted", { bucketName: ADOPTED });
  const declare = (id: string, props: EncryptedBucketProps = {}) =>
    // Only the bucket whose rules change has any.
    new EncryptedBucket(stack, id, {
      bucketName: bucketOf({ id }),
      ...(id === "aged" ? {} : { abortIncompleteMultipartUploadDays: false }),
      ...props,
    });
  const near = { logs: declare("logs"), replicas: declare("replicas", { versioning: "enabled" }) };
  for (const change of changes) declare(change.id, propsOf(change, state, near));
}

function propsOf(change: PropertyChange, state: State, near: Neighbours): EncryptedBucketProps {
  if (state === "left-out") return change.keeps ?? {};
  const props = change[state];
  return typeof props === "function" ? props(near) : props;
}

/** A bucket that somebody else made, and keeps. */
const ADOPTED = "acme-life-adopted";
const Key = "old.txt";

async function createAdopted(s3: S3Client, region: string): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: region as never };
  await s3.send(new CreateBucketCommand({ Bucket: ADOPTED, CreateBucketConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: ADOPTED, Key, Body: "written before" }));
}

async function readAdopted(s3: S3Client): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: ADOPTED, Key }));
  return Body?.transformToString();
}
