import { describe, expect, test } from "vitest";
import type { MigrateOptions } from "../../../migrate/index.js";
import { UsageError } from "../../../migrate/index.js";
import { resolveOptions } from "../../../migrate/options/resolve-options.js";

const GIVEN: MigrateOptions = { locations: ["s3://bucket"], provider: "ovhcloud", region: "gra" };
const resolve = (more: object) => resolveOptions({ ...GIVEN, ...more } as MigrateOptions);

async function problemsOf(more: object): Promise<readonly string[]> {
  try {
    await resolve(more);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}

describe("resolveOptions", () => {
  test("fills in every default", async () => {
    expect(await resolve({})).toMatchObject({
      scopes: [{ bucket: "bucket", prefix: "" }],
      endpoint: "https://s3.gra.io.cloud.ovh.net",
      region: "gra",
      pathStyle: false,
      concurrency: 64,
      readsPerSecond: 900,
      writesPerSecond: 300,
      policy: { copyCutoffBytes: 5 * 2 ** 30, partBytes: 512 * 2 ** 20, race: "auto", acceptLoss: [] },
      dryRun: false,
      setDefault: false,
    });
  });

  test("reads text and typed values alike", async () => {
    const texts = {
      minSize: "1.5 MB",
      maxSize: "5GiB",
      modifiedAfter: "2026-01-31",
      concurrency: "8",
      partSize: "64 MiB",
    };
    const after = new Date("2026-01-31T00:00:00Z");
    const values = {
      minSize: 1_500_000,
      maxSize: 5 * 2 ** 30,
      modifiedAfter: after,
      concurrency: 8,
      partSize: 2 ** 26,
    };
    expect(await resolve(texts)).toEqual(await resolve(values));
  });

  test("uses path style for a given endpoint, unless pathStyle is false", async () => {
    const endpoint = "http://127.0.0.1:9000";
    expect((await resolve({ endpoint })).pathStyle).toBe(true);
    expect((await resolve({ endpoint, pathStyle: false })).pathStyle).toBe(false);
  });

  test("reports all invalid options together", async () => {
    const problems = await problemsOf({
      locations: ["bucket"],
      region: "nowhere",
      minSize: "big",
      modifiedBefore: "yesterday",
      concurrency: 0,
      formats: ["html", "pdf"],
    });
    expect(problems).toHaveLength(6);
    for (const word of ['"bucket"', '"nowhere"', '"big"', '"yesterday"', '"0"', '"pdf"']) {
      expect(problems.filter((problem) => problem.includes(word))).toHaveLength(1);
    }
  });

  test.each<[object, RegExp]>([
    [{ provider: "ibm" }, /--provider.*"ibm".*one of .*ovhcloud/],
    [{ region: undefined }, /region/],
    [{ region: "nowhere" }, /"nowhere"/],
    [{ concurrency: 1001 }, /--concurrency.*"1001".*1 to 1000/],
    [{ concurrency: 1.5 }, /--concurrency.*"1.5"/],
    [{ concurrency: "many" }, /--concurrency.*"many"/],
    [{ readsPerSecond: 0 }, /--reads-per-second.*"0"/],
    [{ writesPerSecond: -1 }, /--writes-per-second.*"-1"/],
    [{ minSize: "5 parsecs" }, /--min-size.*"5 parsecs".*unit/],
    [{ minSize: -1 }, /--min-size.*"-1"/],
    [{ modifiedAfter: "2026-13-01" }, /--modified-after.*"2026-13-01".*ISO 8601/],
    [{ minSize: 2, maxSize: 1 }, /--min-size \(2\) is above --max-size \(1\)/],
    [{ modifiedAfter: "2026-02-01", modifiedBefore: "2026-01-01" }, /--modified-after is not before/],
    [{ include: [""] }, /--include \(number 1\).*empty/],
    [{ locations: [] }, /no bucket is named/],
    [{ allBuckets: true }, /--all-buckets covers every bucket/],
    [{ locations: ["s3://b", "s3://b/a"] }, /lies inside/],
    [{ endpoint: "not a url" }, /not a url/],
    [{ provider: undefined, region: undefined }, /no store is named/],
    [{ targets: "/does/not/exist" }, /targets file "\/does\/not\/exist" cannot be read/],
  ])("rejects %j with name, value and what is allowed", async (more, words) => {
    const problems = await problemsOf(more);
    expect(problems).toHaveLength(1);
    expect(problems[0] ?? "").toMatch(words);
  });
});
