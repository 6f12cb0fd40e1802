import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { audit } from "../../../migrate/index.js";
import { createBucket } from "../../buckets/put-object.js";
import { startWorld } from "../../buckets/start-world.js";

test("a run reads its buckets from a targets text, and writes down only the name of its source", async () => {
  const { sandbox, raw, optionsFor } = await startWorld();
  for (const bucket of ["declared", "undeclared"]) await createBucket(raw, bucket);
  const { endpoint, region } = sandbox;
  const value = { bucketseal: 1, bucket: "declared", endpoint, region, provider: "ovhcloud" };
  const outputs = { bucketseal_declared: { value }, password: { sensitive: true, value: "hunter2" } };
  const targets = { name: "stdin", text: JSON.stringify(outputs) };
  const { locations: _none, ...options } = await optionsFor("declared");
  const { run, runDir } = await audit({ ...options, targets });
  expect(run).toMatchObject({ scopes: [{ bucket: "declared", prefix: "" }], options: { targets: "stdin" } });
  const files = (await readdir(runDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8")));
  expect(texts.join("")).toContain("declared");
  expect(texts.join("")).not.toContain("hunter2");
});
