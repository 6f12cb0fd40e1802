import { createHash } from "node:crypto";
import { expect } from "vitest";
import { pathOf, type RawS3, sendOk } from "../buckets/raw-s3.js";
import type { CheckPort } from "./port-target.js";

const LIFECYCLE = `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix>logs/</Prefix></Filter>
<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition><Expiration><Days>365</Days></Expiration>
<NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration>
<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
<Rule><ID>tagged</ID><Status>Disabled</Status><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>
<Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`;

const action = (kind: string, days: number, storageClass: string | null = null) => ({
  kind,
  days,
  date: null,
  storageClass,
});

/** What is read of the rules that others laid down for a bucket. */
export function checkRules(check: CheckPort): void {
  check("lifecycle rules say what they do, when, and to what", async ({ store, raw, bucket }) => {
    await putSetting(raw, bucket, "lifecycle", LIFECYCLE);
    const [tidy, tagged] = await store.getBucketLifecycle({ bucket });
    expect(tidy).toEqual({
      id: "tidy",
      enabled: true,
      prefix: "logs/",
      isNarrower: false,
      actions: [
        action("expires", 365),
        action("moves", 30, "GLACIER"),
        action("removes-noncurrent", 7),
        action("aborts-uploads", 2),
      ],
    });
    expect(tagged).toMatchObject({ id: "tagged", enabled: false, prefix: "", isNarrower: true });
  });

  check("a policy is read as it was put", async ({ store, raw, bucket }) => {
    const resource = `arn:aws:s3:::${bucket}/*`;
    const deny = { Sid: "A", Effect: "Deny", Principal: "*", Action: "s3:DeleteBucket", Resource: resource };
    const policy = { Version: "2012-10-17", Statement: [deny] };
    await putSetting(raw, bucket, "policy", JSON.stringify(policy));
    expect(JSON.parse(await store.getBucketPolicy({ bucket }))).toEqual(policy);
  });
}

async function putSetting(raw: RawS3, bucket: string, name: string, body: string): Promise<void> {
  const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
  await sendOk(raw, { method: "PUT", path: pathOf(bucket, "", `?${name}=`), headers, body: Buffer.from(body) });
}
