import { expect, test } from "vitest";
import { openClient } from "../../../../migrate/store/sdk/open-client.js";
import { sdkStore } from "../../../../migrate/store/sdk/sdk-store.js";
import { inParallel } from "../../../buckets/in-parallel.js";
import { createBucket } from "../../../buckets/put-object.js";
import { pathOf, sendOk } from "../../../buckets/raw-s3.js";
import { startWorld } from "../../../buckets/start-world.js";

test.each(["supported", "ignored"] as const)(
  "sdkStore lists every open upload under a prefix over several pages, with EncodingType %s",
  async (encodingType) => {
    const { sandbox, raw } = await startWorld({ behaviour: { encodingType } });
    await createBucket(raw, "mine");
    const keys = Array.from({ length: 1005 }, (_, n) => `a b+c%20é/${n}`);
    await inParallel([...keys, "a b", "other"], async (key) => {
      await sendOk(raw, { method: "POST", path: pathOf("mine", key, "?uploads=") });
    });
    const client = openClient({ ...sandbox, pathStyle: true, checksums: "WHEN_REQUIRED", maxSockets: 4 });
    const uploads = await sdkStore(client).listOpenUploads({ bucket: "mine", prefix: "a b+c%20é/" });
    client.destroy();
    expect(uploads.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(new Set(uploads.map(({ uploadId }) => uploadId)).size).toBe(keys.length);
  },
);
