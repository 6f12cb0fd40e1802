// @module-tag slow
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probe, type Topic } from "../../../migrate/index.js";
import { createBucket } from "../../buckets/put-object.js";
import { type RawS3, rawS3 } from "../../buckets/raw-s3.js";
import { findExecutable } from "../../servers/find-executable.js";
import { MOTO_MISSING, type MotoServer, startMoto } from "../../servers/moto.js";
import { found, probeOptions, setVersioning } from "./probe-world.js";

describe("probe of moto_server", () => {
  if (findExecutable("moto_server") === undefined) {
    test.skip(`is skipped because ${MOTO_MISSING}`, () => undefined);
    return;
  }
  let moto: MotoServer;
  let raw: RawS3;
  beforeAll(async () => {
    moto = (await startMoto()) as MotoServer;
    raw = rawS3(moto);
  });
  afterAll(async () => {
    raw.close();
    await moto.close();
  });

  test.each(["unversioned", "versioned"])(
    "finds that conditions are ignored, and leaves nothing in a bucket that is %s",
    async (kind) => {
      await createBucket(raw, kind);
      if (kind === "versioned") await setVersioning(raw, kind, "Enabled");
      const result = await probe(probeOptions(moto, kind, { provider: "generic" }));
      const answers = (...topics: readonly Topic[]) =>
        Object.fromEntries(topics.map((topic) => [topic, found(result, topic)]));
      expect(
        answers("copy-if-match", "copy-source-if-match", "part-copy-source-if-match", "complete-if-match"),
      ).toEqual({
        "copy-if-match": "no",
        "copy-source-if-match": "no",
        "part-copy-source-if-match": "no",
        "complete-if-match": "no",
      });
      expect(
        answers(
          "put-with-sse",
          "head-sse-after-put",
          "self-copy",
          "head-sse-after-copy",
          "body-after-copy",
          "upload-part-copy",
        ),
      ).toEqual({
        "put-with-sse": "yes",
        "head-sse-after-put": "yes",
        "self-copy": "yes",
        "head-sse-after-copy": "yes",
        "body-after-copy": "yes",
        "upload-part-copy": "yes",
      });
      expect(found(result, "versioning")).toBe(kind === "versioned" ? "enabled" : "never");
      expect(result).toMatchObject({ end: "completed", obstacle: null, leftovers: [] });
      expect(result.capabilities).toMatchObject({ copyIfMatch: false, copySourceIfMatch: false, selfCopy: true });
      for (const listing of ["versions", "uploads"]) {
        const answer = await raw.send({ path: `/${kind}?${listing}=` });
        expect(answer.status).toBe(200);
        expect(answer.body.toString()).not.toContain("bucketseal-probe");
      }
    },
  );
});
