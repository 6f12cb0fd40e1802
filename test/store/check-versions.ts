import { createHash } from "node:crypto";
import { expect } from "vitest";
import { putObject } from "../buckets/put-object.js";
import { type RawS3, sendOk } from "../buckets/raw-s3.js";
import type { CheckPort } from "./port-target.js";

async function enableVersioning(raw: RawS3, bucket: string): Promise<void> {
  const body = Buffer.from("<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
  await sendOk(raw, { method: "PUT", path: `/${bucket}?versioning=`, body });
}

/** What the port says of versions and delete markers, and does to them. */
export function checkVersions(check: CheckPort): void {
  check("versions and delete markers are listed mixed, by key and newest first", async ({ store, raw, bucket }) => {
    await enableVersioning(raw, bucket);
    for (const key of ["a+ &é", "b<"]) {
      await putObject(raw, bucket, { key, body: Buffer.from("1") });
      await store.deleteObject({ bucket, key });
      await putObject(raw, bucket, { key, body: Buffer.from("12345") });
    }
    const { entries, next } = await store.listVersions({ bucket, prefix: "" });
    const told = entries.map(({ key, kind, isLatest, sizeBytes }) => [key, kind, isLatest, sizeBytes]);
    const ofKey = (key: string) => [
      [key, "version", true, 5],
      [key, "delete-marker", false, 0],
      [key, "version", false, 1],
    ];
    expect(told).toEqual([...ofKey("a+ &é"), ...ofKey("b<")]);
    expect(next).toBeNull();
    expect(entries[0]).toMatchObject({ etag: "827ccb0eea8a706c4c34a16891f84e7b", storageClass: "STANDARD" });
    const after = await store.listVersions({ bucket, prefix: "", keyMarker: "a+ &é" });
    expect(after.entries.map(({ key }) => key)).toEqual(["b<", "b<", "b<"]);
    const { entries: under } = await store.listVersions({ bucket, prefix: "b" });
    expect(under).toHaveLength(3);
  });

  check("pages of versions go on within a key where the last one ended", async ({ store, raw, bucket }) => {
    await enableVersioning(raw, bucket);
    for (let n = 0; n < 5; n += 1) await putObject(raw, bucket, { key: "a", body: Buffer.from(String(n)) });
    const first = await store.listVersions({ bucket, prefix: "", limit: 3 });
    expect(first.entries).toHaveLength(3);
    const second = await store.listVersions({ bucket, prefix: "", limit: 3, ...first.next });
    expect(second.next).toBeNull();
    const etags = [...first.entries, ...second.entries].map(({ etag }) => etag);
    expect(etags).toEqual(["4", "3", "2", "1", "0"].map((body) => createHash("md5").update(body).digest("hex")));
  });

  check("what was deleted or marked as deleted is named, and a version goes by its id alone", async (target) => {
    const { store, raw, bucket } = target;
    await enableVersioning(raw, bucket);
    await putObject(raw, bucket, { key: "a", body: Buffer.from("1") });
    const [version] = (await store.listVersions({ bucket, prefix: "a" })).entries;
    const marked = await store.deleteObject({ bucket, key: "a" });
    const { entries } = await store.listVersions({ bucket, prefix: "a" });
    expect(new Set(entries.map(({ versionId }) => versionId))).toEqual(new Set([marked.versionId, version?.versionId]));
    await store.deleteObject({ bucket, key: "a", versionId: version?.versionId });
    const left = await store.listVersions({ bucket, prefix: "a" });
    expect(left.entries.map(({ versionId }) => versionId)).toEqual([marked.versionId]);
  });
}
