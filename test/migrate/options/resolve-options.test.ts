import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import {
  type GivenOptions,
  type MigrateOptions,
  migrate,
  optionProblems,
  probe,
  UsageError,
} from "../../../migrate/index.js";
import { SSE_S3 } from "../../../migrate/model/target-sse.js";
import { resolveOptions } from "../../../migrate/options/resolve-options.js";
import { objectUrl, parseEndpoint } from "../../../migrate/store/lean/exchange.js";
import { newFolder, newKeyFile, startWorld, type World } from "../../buckets/start-world.js";

const HERE = "http://127.0.0.1:9000";
const given = (more: Partial<MigrateOptions>): MigrateOptions => ({
  locations: ["s3://bucket"],
  endpoint: HERE,
  ...more,
});
const problems = (more: Partial<MigrateOptions>) => optionProblems(given(more));

describe("resolveOptions with customer keys", () => {
  test("reads the keys that open objects and the target key from their files", async () => {
    const [own, target] = [await newKeyFile(), await newKeyFile()];
    const { keys, policy } = await resolveOptions(
      given({ ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path }),
    );
    expect(keys.keysFor("any")).toHaveLength(1);
    expect(policy.target).toMatchObject({ name: "sse-c" });
  });

  test("returns no keys and SSE-S3 as the target by default", async () => {
    const { keys, policy } = await resolveOptions(given({}));
    expect(keys.entries).toEqual([]);
    expect(policy.target).toBe(SSE_S3);
  });

  test("allows customer keys over plain HTTP only to the local machine", async () => {
    const { path } = await newKeyFile();
    const away = (endpoint: string) => problems({ endpoint, ssecKeyFile: [path] });
    for (const endpoint of [
      HERE,
      "http://localhost:1",
      "http://[::1]:1",
      "http://s3.localhost",
      "https://s3.example.com",
    ]) {
      expect(await away(endpoint)).toEqual([]);
    }
    for (const endpoint of ["http://s3.example.com", "http://10.0.0.1:9000", "http://localhost.example.com"]) {
      expect(await away(endpoint)).toEqual([expect.stringMatching(/is not encrypted: give an https:\/\/ endpoint/)]);
      expect(await problems({ endpoint })).toEqual([]);
      expect(await problems({ endpoint, to: "sse-c", toKeyFile: path })).toHaveLength(1);
    }
  });

  test("requires --to-key-file with --to sse-c, and --to sse-c with --to-key-file", async () => {
    const { path } = await newKeyFile();
    expect(await problems({ to: "sse-c" })).toEqual([expect.stringMatching(/--to-key-file/)]);
    expect(await problems({ toKeyFile: path })).toEqual([expect.stringMatching(/give both, or neither/)]);
    expect(await problems({ to: "aes" as never })).toEqual([expect.stringMatching(/--to: "aes" is not allowed/)]);
  });

  test("reports unusable key files together with all other bad options", async () => {
    const { path } = await newKeyFile();
    await chmod(path, 0o644);
    const words = await problems({
      ssecKeyFile: [path, "none.key"],
      to: "sse-c",
      toKeyFile: "none.key",
      race: "x" as never,
    });
    expect(words).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/--race/),
        expect.stringMatching(/--ssec-key-file: ".*customer\.key" cannot be used: its mode is 0644/),
        '--ssec-key-file: "none.key" cannot be used: it does not exist',
        '--to-key-file: "none.key" cannot be used: it does not exist',
      ]),
    );
    expect(words).toHaveLength(4);
  });

  test("does not repeat a key that was given in place of its file", async () => {
    const key = randomBytes(32);
    for (const form of [key.toString("base64"), key.toString("hex")]) {
      const words = await problems({ ssecKeyFile: [form], to: "sse-c", toKeyFile: form });
      expect(words).toHaveLength(2);
      expect(words.join()).toContain("this looks like the key itself");
      expect(words.join()).not.toContain(form);
    }
  });
});

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
      concurrency: 1024,
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
    [{ concurrency: 10_001 }, /--concurrency.*"10001".*1 to 10000/],
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
    [{ failOn: ["unencrypted", "plain"] }, /--fail-on \(number 2\): "plain" is not allowed: give one of unencrypted/],
    [{ failOn: ["noncurrent"], noncurrent: false }, /--fail-on noncurrent needs the noncurrent versions/],
    [{ ocsf: "every" }, /--ocsf: "every" is not allowed: give one of findings, all, all.gz/],
    [{ locations: [] }, /no bucket is given/],
    [{ allBuckets: true }, /--all-buckets covers every bucket/],
    [{ locations: ["s3://b", "s3://b/a"] }, /is inside/],
    [{ endpoint: "not a url" }, /not a url/],
    [{ provider: undefined, region: undefined }, /no store is given/],
    [{ targets: "/does/not/exist" }, /targets file "\/does\/not\/exist" cannot be read/],
  ])("rejects %j with name, value and what is allowed", async (more, words) => {
    const problems = await problemsOf(more);
    expect(problems).toHaveLength(1);
    expect(problems[0] ?? "").toMatch(words);
  });
});

describe("bucket addressing", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bucketseal-path-style-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  async function declaredAt(endpoint: string, given: GivenOptions) {
    const targets = join(folder, "outputs.json");
    const value = { bucketseal: 1, bucket: "archive", endpoint, region: "gra", provider: "ovhcloud" };
    await writeFile(targets, JSON.stringify({ bucketseal_archive: { value } }));
    return resolveOptions({ targets, ...given });
  }

  test("uses the host on the endpoint of the provider, and the path on other declared endpoints", async () => {
    const own = await declaredAt("https://s3.gra.io.cloud.ovh.net", { provider: "ovhcloud" });
    expect(own).toMatchObject({ pathStyle: false });
    const endpoint = "https://s3.example.com";
    expect(await declaredAt(endpoint, { endpoint })).toMatchObject({ pathStyle: true });
    await expect(declaredAt(endpoint, {})).rejects.toThrow(`--targets contains the endpoint ${endpoint}`);
    await expect(declaredAt(endpoint, { provider: "ovhcloud" })).rejects.toThrow(
      "is declared at https://s3.example.com",
    );
  });

  test("uses the path if the host is an IP address, even if virtual hosts are requested", () => {
    for (const host of ["127.0.0.1", "[::1]"]) {
      const { host: asked, path } = objectUrl(parseEndpoint(`http://${host}:9000`, false), "archive", "a/b");
      expect([asked, path]).toEqual([host, "/archive/a/b"]);
    }
    const named = objectUrl(parseEndpoint("https://s3.example.com", false), "archive", "a/b");
    expect(named).toEqual({ host: "archive.s3.example.com", path: "/a/b" });
  });
});

const BUCKET = "probed";

async function probedWorld(world: World): Promise<{ file: string; options: MigrateOptions }> {
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  const options = await world.optionsFor(BUCKET, { provider: "generic" });
  const { endpoint, region, credentials } = options;
  const location = `s3://${BUCKET}`;
  const { findings, ...whole } = await probe({ location, provider: "generic", endpoint, region, credentials });
  const file = join(await newFolder(), "probe.ndjson");
  const lines = [...findings.map((finding) => ({ ...finding, kind: "finding" })), { kind: "probe", ...whole }];
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  await world.raw.send({ method: "PUT", path: `/${BUCKET}/key`, body: Buffer.from("plaintext") });
  return { file, options };
}

describe("--capabilities", () => {
  it("overrides the documentation, so that a condition found by the probe is used", { tags: ["slow"] }, async () => {
    const { file, options } = await probedWorld(await startWorld({ profile: "reference" }));
    const { run, summary } = await migrate({ ...options, capabilities: file, race: "strict" });
    expect(run.capabilities).toMatchObject({ from: "probe", values: { copyIfMatch: true } });
    expect(summary.total.outcomes.migrated.objects).toBe(1);
  });

  it("is needed to use conditions that no document states", { tags: ["slow"] }, async () => {
    const { options } = await probedWorld(await startWorld({ profile: "reference" }));
    const { run, summary } = await migrate({ ...options, race: "strict" });
    expect(run.capabilities).toMatchObject({ from: "documents", values: { copyIfMatch: false } });
    expect(summary.total.outcomes.refused.objects).toBe(1);
  });

  it("disables conditions that the store ignores, even if documented", { tags: ["slow"] }, async () => {
    const { file, options } = await probedWorld(await startWorld({ profile: "no-conditions" }));
    const { run } = await migrate({ ...options, provider: "aws", capabilities: file });
    expect(run.capabilities?.values).toMatchObject({ copyIfMatch: false, completeMultipartIfMatch: false });
  });

  it("refuses a probe of another bucket or endpoint, an incomplete probe, and a missing file", {
    tags: ["slow"],
  }, async () => {
    const { file, options } = await probedWorld(await startWorld());
    const other = { ...options, locations: ["s3://other"], capabilities: file };
    expect(await optionProblems(other)).toEqual([expect.stringContaining('is a probe of bucket "probed" at http')]);
    const elsewhere = { ...options, endpoint: "http://127.0.0.1:1", capabilities: file };
    expect(await optionProblems(elsewhere)).toEqual([expect.stringContaining("run once for each")]);
    await writeFile(file, "{}\n");
    expect(await optionProblems({ ...options, capabilities: file })).toEqual([
      expect.stringContaining("does not end with a completed probe"),
    ]);
    expect(await optionProblems({ ...options, capabilities: `${file}.gone` })).toEqual([
      expect.stringContaining("ENOENT"),
    ]);
    expect(await optionProblems(options)).toEqual([]);
  });
});
