import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { audit, type Difference, diffRuns, migrate } from "../../../migrate/index.js";
import { fillBucket } from "../../buckets/fill-bucket.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { startWorld } from "../../buckets/start-world.js";

const SEALED = { "x-amz-server-side-encryption": "AES256" };

async function world() {
  const started = await startWorld();
  const plain = ["in/a", "in/b", "out/c"].map((key) => ({ key, body: Buffer.from(key) }));
  await fillBucket(started.raw, "held", [...plain, { key: "in/sealed", body: Buffer.from("s"), headers: SEALED }]);
  const put = (key: string, headers = {}) =>
    sendOk(started.raw, { method: "PUT", path: pathOf("held", key), body: Buffer.from(`new ${key}`), headers });
  const differences = async (earlier: string, later: string) => {
    const found: Difference[] = [];
    const result = await diffRuns(earlier, later, { onDifference: (difference) => void found.push(difference) });
    return { ...result, found: Object.fromEntries(found.map(({ key, change }) => [key, change])) };
  };
  return { ...started, put, differences };
}

describe("diffRuns", () => {
  it("reports objects that became encrypted, are new, are gone, or regressed", async () => {
    const { raw, put, optionsFor, differences } = await world();
    const first = await audit(await optionsFor("held"));
    await migrate(await optionsFor("held", { include: ["in/**"] }));
    await put("in/sealed");
    await put("in/new");
    await sendOk(raw, { method: "DELETE", path: pathOf("held", "in/b") });
    const second = await audit(await optionsFor("held"));
    const { found, totals } = await differences(first.runDir, second.runDir);
    expect(found).toEqual({ "in/a": "encrypted", "in/b": "gone", "in/new": "new", "in/sealed": "regressed" });
    expect(totals.objects).toMatchObject({ same: { objects: 1 }, regressed: { objects: 1 } });
    expect(totals.newUnencrypted.objects).toEqual({ objects: 1, bytes: "new in/new".length });
  });

  it("does not report objects as new or gone if one of the runs left them out", async () => {
    const { optionsFor, differences } = await world();
    const [all, part, filtered] = [
      await audit(await optionsFor("held")),
      await audit(await optionsFor("held", { locations: ["s3://held/in/"] })),
      await audit(await optionsFor("held", { exclude: ["out/**"] })),
    ];
    expect((await differences(part.runDir, all.runDir)).found).toEqual({ "out/c": "not-compared" });
    expect((await differences(all.runDir, part.runDir)).found).toEqual({ "out/c": "not-compared" });
    expect((await differences(all.runDir, filtered.runDir)).found).toEqual({ "out/c": "not-compared" });
    expect((await differences(all.runDir, all.runDir)).found).toEqual({});
  });

  it("refuses a modified run folder, and runs of different stores", async () => {
    const [one, other] = [await world(), await world()];
    const first = await audit(await one.optionsFor("held"));
    const second = await audit(await one.optionsFor("held"));
    const elsewhere = await audit(await other.optionsFor("held"));
    await expect(diffRuns(first.runDir, elsewhere.runDir)).rejects.toThrow(/name two runs of the same store/);
    const path = join(second.runDir, "run.json");
    await writeFile(path, `${await readFile(path, "utf8")} `);
    await expect(diffRuns(first.runDir, second.runDir)).rejects.toThrow(/^diff: ".*" does not hold \(run\.json: /);
  });
});
