import { readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { audit, type MigrateOptions, migrate } from "../../migrate/index.js";
import { REASON_WORDS } from "../../migrate/model/reason.js";
import { CUSTOMER_KEY, customerKeyHeaders } from "../buckets/mixed-objects.js";
import { fillBucket, startWorld } from "../buckets/start-world.js";
import { VERSIONED_BUCKET, versionedWorld, writeHistory } from "../migrate/fixtures/versioned-world.js";
import { folderProblems, jsonSchema, reasonsPage, SCHEMA_NAMES, schemaFile, schemaText } from "./published-schemas.js";

describe("the published schemas", () => {
  it.each(SCHEMA_NAMES)("match the sources for %s (if not, run `npm run schemas`)", (name) => {
    expect(readFileSync(new URL(`../../docs/${schemaFile(name)}`, import.meta.url), "utf8")).toBe(schemaText(name));
  });

  it.each(SCHEMA_NAMES)("are valid JSON Schema for %s, with the version in the ID", (name) => {
    const schema = jsonSchema(name);
    expect(schema.$id).toBe(`urn:bucketseal:schema:${name}:1`);
    expect(() => new Ajv2020({ allowUnionTypes: true, validateFormats: false }).compile(schema)).not.toThrow();
  });
});

const pageText = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

describe("docs/reasons.md", () => {
  it("matches the tables of reasons (if not, run `npm run schemas`)", () => {
    expect(pageText("reasons.md")).toBe(reasonsPage());
  });

  it("has each reason once in its tables, and no other", () => {
    const codes = [
      ...(reasonsPage()
        .split("## Noncurrent")[0]
        ?.matchAll(/^\| `([\w-]+)` \|/gm) ?? []),
    ].map(([, code]) => code);
    expect(codes.toSorted()).toEqual(Object.keys(REASON_WORDS).toSorted());
  });
});

describe("docs/api.md", () => {
  const source = readFileSync(new URL("../../migrate/index.ts", import.meta.url), "utf8");
  const listed = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gms)].flatMap(([, names = ""]) => names.split(","));
  const exported = [
    ...listed
      .map((name) =>
        name
          .trim()
          .replace(/^type /, "")
          .replace(/^\w+ as /, ""),
      )
      .filter((name) => name !== ""),
    ...[...source.matchAll(/^export (?:async )?function (\w+)/gm)].map(([, name = ""]) => name),
  ];
  const named = new Set([...pageText("api.md").matchAll(/`([^`\n]+)`/g)].flatMap(([, code = ""]) => code.split(/\W+/)));

  it("names every export of the library", () => {
    expect(exported.length).toBeGreaterThan(60);
    expect(exported.filter((name) => !named.has(name))).toEqual([]);
  });

  it("has a heading for every function, and for nothing that is not exported", async () => {
    const library = await import("../../migrate/index.js");
    const functions = Object.entries(library).flatMap(([name, value]) =>
      typeof value === "function" && !/^[A-Z]/.test(name) ? [name] : [],
    );
    const headings = [...pageText("api.md").matchAll(/^### `(\w+)\(/gm)].map(([, name]) => name);
    expect(headings.toSorted()).toEqual(functions.toSorted());
  });
});

describe("journal lines and files of a run", () => {
  const all = async (run: typeof migrate, options: MigrateOptions) => {
    const { runDir } = await run(options);
    return { runDir, ...(await folderProblems(runDir)) };
  };

  it("match the schemas after an audit, an audit --baseline, and a migration with a probe", {
    tags: ["slow"],
  }, async () => {
    const { raw, optionsFor } = await startWorld();
    await fillBucket(raw, "mixed", [
      { key: "plain", body: Buffer.from("1") },
      { key: "in/parts", body: Buffer.alloc(6 * 1024 * 1024) },
      { key: "sealed", body: Buffer.from("2"), headers: { "x-amz-server-side-encryption": "AES256" } },
      { key: "under a key", body: Buffer.from("3"), headers: customerKeyHeaders(CUSTOMER_KEY) },
    ]);
    const more = { copyCutoff: "5MiB", partSize: "5MiB", assume: undefined, setDefault: true } as const;
    const audited = await all(audit, await optionsFor("mixed"));
    const again = await all(audit, await optionsFor("mixed", { baseline: audited.runDir }));
    const migrated = await all(migrate, await optionsFor("mixed", more));
    expect([...audited.problems, ...again.problems, ...migrated.problems]).toEqual([]);
    expect(Object.keys(migrated.kinds).sort()).toEqual(
      expect.arrayContaining(["checkpoint", "intent", "outcome", "segment", "throw-away", "upload"]),
    );
  });

  it.each(["replay", "purge"] as const)("match the schemas after a migration with --versions %s", async (versions) => {
    const { raw, optionsFor } = await versionedWorld();
    await writeHistory(raw, "a", [{ plain: "1" }, "deleted", { plain: "2" }, { plain: "3" }]);
    await writeHistory(raw, "deleted", [{ plain: "4" }, "deleted"]);
    const { kinds, problems } = await all(migrate, await optionsFor(VERSIONED_BUCKET, { versions, yes: true }));
    expect(problems).toEqual([]);
    const ofItsOwn = versions === "replay" ? ["replay", "replay-step"] : ["removal"];
    expect(Object.keys(kinds)).toEqual(expect.arrayContaining(["version", "version-checkpoint", ...ofItsOwn]));
  });

  it("are reported if they do not match", async () => {
    const { raw, optionsFor } = await startWorld();
    await fillBucket(raw, "one", [{ key: "k", body: Buffer.from("1") }]);
    const { runDir } = await audit(await optionsFor("one"));
    await appendFile(join(runDir, "journal", "000001.ndjson"), `${JSON.stringify({ kind: "outcome", key: "k" })}\n`);
    const { problems } = await folderProblems(runDir);
    expect(problems).toEqual([expect.stringContaining("must have required property 'bucket'")]);
  });
});
