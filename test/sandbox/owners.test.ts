import {
  CreateMultipartUploadCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectAclCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { clientOf, put, start } from "./client.js";

const ALICE = { accessKeyId: "ALICE", secretAccessKey: "alices", ownerId: "alice" };
const BOB = { accessKeyId: "BOB", secretAccessKey: "bobs", ownerId: "bob" };

async function twoUsers(objectAclDecides: boolean, allow: readonly string[] = []) {
  const bobs = { ...BOB, allow };
  const { sandbox, s3: alice } = await start({ credentials: [ALICE, bobs], behaviour: { objectAclDecides } });
  const bob = clientOf(sandbox, bobs);
  onTestFinished(() => bob.destroy());
  await put(alice, "hers");
  const on = { Bucket: "bucket", Key: "hers" };
  const asks = async (user: typeof bob) => {
    const calls = [
      new GetObjectCommand(on),
      new GetObjectAclCommand(on),
      new PutObjectAclCommand({ ...on, ACL: "private" }),
    ];
    const answers = [];
    for (const call of calls) {
      answers.push(
        await user.send(call as GetObjectCommand).then(
          () => "done",
          (error: Error) => error.name,
        ),
      );
    }
    return answers;
  };
  return { alice, bob, asks, on };
}

test("an object belongs to its writer, in its ACL and in listings", async () => {
  const { alice, bob, on } = await twoUsers(false);
  await put(bob, "his");
  const { Owner, Grants } = await alice.send(new GetObjectAclCommand(on));
  expect([Owner?.ID, Grants?.map(({ Grantee }) => Grantee?.ID)]).toEqual(["alice", ["alice"]]);
  const { Contents } = await bob.send(new ListObjectsV2Command({ Bucket: "bucket", FetchOwner: true }));
  expect(Contents?.map(({ Owner: owner }) => owner?.ID)).toEqual(["alice", "bob"]);
  expect((await bob.send(new CreateMultipartUploadCommand(on))).UploadId).toBeDefined();
});

test("object ACLs refuse another user without a grant, but only if they are enforced", async () => {
  const decides = await twoUsers(true);
  expect(await decides.asks(decides.bob)).toEqual(["AccessDenied", "AccessDenied", "AccessDenied"]);
  expect(await decides.asks(decides.alice)).toEqual(["done", "done", "done"]);
  const asEver = await twoUsers(false);
  expect(await asEver.asks(asEver.bob)).toEqual(["done", "done", "done"]);
});

test("a grant or a policy allows another user exactly its actions", async () => {
  const granted = await twoUsers(true);
  await granted.alice.send(new PutObjectCommand({ ...granted.on, Body: "x", GrantRead: 'id="bob"' }));
  expect(await granted.asks(granted.bob)).toEqual(["done", "AccessDenied", "AccessDenied"]);
  // An owner that its list leaves out may see to the list alone.
  expect((await granted.asks(granted.alice)).slice(0, 2)).toEqual(["AccessDenied", "done"]);
  const allowed = await twoUsers(true, ["s3:GetObject*"]);
  expect(await allowed.asks(allowed.bob)).toEqual(["done", "done", "AccessDenied"]);
});
