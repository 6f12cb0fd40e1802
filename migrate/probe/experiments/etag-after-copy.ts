import { createHash } from "node:crypto";
import { bareEtag } from "../../store/wire.js";
import { is } from "../finding.js";
import { copyExperiment } from "./experiment.js";

export const etagAfterCopy = copyExperiment("etag-after-copy", async ({ store, put }, { headers }) => {
  const sample = await put("etag");
  await store.copyObject({ ...sample, headers });
  const { bucket, key } = sample;
  const after = bareEtag((await store.headObject({ bucket, key })).headers.etag ?? "");
  const md5 = createHash("md5").update(sample.body).digest("hex");
  const value = after === sample.etag ? "same" : "changed";
  return is(
    "etag-after-copy",
    value,
    "headObject",
    after === md5 ? "the MD5 of the bytes" : "not the MD5 of the bytes",
  );
});
