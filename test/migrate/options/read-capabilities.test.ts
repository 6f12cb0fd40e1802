import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type MigrateOptions, migrate, optionProblems, probe } from "../../../migrate/index.js";
import { newFolder, startWorld, type World } from "../../buckets/start-world.js";

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
  it("overrides the documentation, so that a condition found by the probe is used", async () => {
    const { file, options } = await probedWorld(await startWorld({ profile: "reference" }));
    const { run, summary } = await migrate({ ...options, capabilities: file, race: "strict" });
    expect(run.capabilities).toMatchObject({ from: "probe", values: { copyIfMatch: true } });
    expect(summary.total.outcomes.migrated.objects).toBe(1);
  });

  it("is needed to use conditions that no document states", async () => {
    const { options } = await probedWorld(await startWorld({ profile: "reference" }));
    const { run, summary } = await migrate({ ...options, race: "strict" });
    expect(run.capabilities).toMatchObject({ from: "documents", values: { copyIfMatch: false } });
    expect(summary.total.outcomes.refused.objects).toBe(1);
  });

  it("disables conditions that the store ignores, even if documented", async () => {
    const { file, options } = await probedWorld(await startWorld({ profile: "no-conditions" }));
    const { run } = await migrate({ ...options, provider: "aws", capabilities: file });
    expect(run.capabilities?.values).toMatchObject({ copyIfMatch: false, completeMultipartIfMatch: false });
  });

  it("refuses a probe of another bucket or endpoint, an incomplete probe, and a missing file", async () => {
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
