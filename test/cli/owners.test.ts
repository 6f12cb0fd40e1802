import { CopyObjectCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { outcomesOf } from "../migrate/fixtures/outcomes-of.js";
import { clientOf, createBucket, plain, plaintextOf } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

const BOB = { accessKeyId: "BOB", secretAccessKey: "bobs-secret", ownerId: "bob", allow: ["s3:*"] };
const ALICE = { accessKeyId: "ALICE", secretAccessKey: "alices-secret", ownerId: "alice" };

/** What an owner gets who is no more than named in the lists of objects. */
function read(client: S3Client, Key: string): Promise<string> {
  return client.send(new GetObjectCommand({ Bucket: "shared", Key })).then(
    async ({ Body }) => (await Body?.transformToString()) ?? "",
    (error: Error) => error.name,
  );
}

describe("bucketseal migrate as a user who does not own the objects", () => {
  let rehearsal: Rehearsal;
  let alice: S3Client;
  beforeAll(async () => {
    rehearsal = await openRehearsal({ users: [BOB, ALICE] });
    rehearsal.sandbox.changeBehaviour({ objectAclDecides: true });
    alice = clientOf({ ...rehearsal.sandbox, credentials: ALICE });
    await createBucket(alice, "shared", plain(3));
  });
  afterAll(() => {
    alice.destroy();
    return rehearsal.close();
  });

  test("keeps them readable for their owner and notes the new owner, unlike a manual copy", async () => {
    const { client, cli, place, folder } = rehearsal;
    const out = `${folder}/run`;
    const ran = await cli("migrate", "s3://shared", ...place, "--out", out);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 3 objects remain unencrypted") });
    expect(await plaintextOf(client, "shared")).toEqual([]);
    expect(await read(alice, "plain/0001")).toBe("plaintext plain/1");
    const notes = [...(await outcomesOf(out)).values()].map((outcome) => outcome.notes.join("; "));
    expect(notes).toHaveLength(3);
    for (const note of notes) expect(note).toContain("its owner changed from alice to bob");

    const ontoItself = { Bucket: "shared", Key: "plain/0002", CopySource: "shared/plain/0002" };
    await client.send(
      new CopyObjectCommand({ ...ontoItself, ServerSideEncryption: "AES256", StorageClass: "STANDARD" }),
    );
    expect(await read(alice, "plain/0002")).toBe("AccessDenied");
  });
});
