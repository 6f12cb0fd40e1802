import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createKeyFile } from "../../../migrate/index.js";
import { keyRing } from "../../../migrate/keys/customer-key.js";
import { readKeyEntries } from "../../../migrate/keys/key-files.js";
import { customerKeyHeaders } from "../../buckets/mixed-objects.js";
import { newFolder } from "../../buckets/start-world.js";

async function fileOf(content: Buffer | string, mode = 0o600): Promise<string> {
  const path = join(await newFolder(), "given");
  await writeFile(path, content, { mode });
  return path;
}

async function entriesOf(path: string) {
  const read = await readKeyEntries(path);
  if (read.kind === "bad") throw new Error(read.problems.join("; "));
  return read.entries;
}

async function problemsOf(path: string): Promise<readonly string[]> {
  const read = await readKeyEntries(path);
  return read.kind === "bad" ? read.problems : [];
}

describe("readKeyEntries of a key file", () => {
  test("reads a file of keygen as the key for every name", async () => {
    const path = join(await newFolder(), "vault.key");
    const { md5 } = await createKeyFile(path);
    const [entry] = await entriesOf(path);
    expect(entry?.prefix).toBe("");
    expect(entry?.key.md5).toBe(md5);
  });

  test("accepts 32 raw bytes and their base64 as the same key", async () => {
    const key = randomBytes(32);
    const forms = [key, key.toString("base64"), `${key.toString("base64")}\n`];
    for (const form of forms) {
      const [entry] = await entriesOf(await fileOf(form));
      expect(entry?.key.headers()).toEqual(customerKeyHeaders(key));
    }
  });

  test("accepts 32 bytes that begin like a map as a key", async () => {
    const key = Buffer.from(`{"": {"file": "not-read.key"}}  `);
    expect(key).toHaveLength(32);
    const [entry] = await entriesOf(await fileOf(key));
    expect(entry?.key.headers()).toEqual(customerKeyHeaders(key));
  });

  test.each([
    ["of 31 bytes", Buffer.alloc(31, 1), /has 31 bytes: a key is 32 raw bytes/],
    ["with a newline after its bytes", Buffer.alloc(33, 10), /has 33 bytes/],
    ["of hexadecimal digits", "ab".repeat(32), /has 64 bytes/],
    ["of base64 that no encoder writes", `${"A".repeat(42)}B=`, /not the base64 of 32 bytes/],
    ["that is empty", "", /has 0 bytes/],
    ["that is far too large", Buffer.alloc(5 * 1024 * 1024), /has 5,242,880 bytes, and a key has 32/],
  ])("rejects a file %s", async (_, content, problem) => {
    expect(await problemsOf(await fileOf(content))).toEqual([expect.stringMatching(problem)]);
  });

  test.each([0o640, 0o604, 0o644, 0o660])("rejects a file that others can read: mode %o", async (mode) => {
    const path = await fileOf(randomBytes(32));
    await chmod(path, mode);
    const octal = mode.toString(8).padStart(4, "0");
    expect(await problemsOf(path)).toEqual([expect.stringContaining(`its mode is ${octal}`)]);
    await chmod(path, 0o400);
    expect(await problemsOf(path)).toEqual([]);
  });

  test("reports that the path is a folder or does not exist", async () => {
    const folder = await newFolder();
    expect(await problemsOf(folder)).toEqual(["it is a folder"]);
    expect(await problemsOf(join(folder, "none"))).toEqual(["it does not exist"]);
  });
});

describe("readKeyEntries of a map of keys", () => {
  test("gives each name the key of its longest prefix, from files or inline base64", async () => {
    const folder = await newFolder();
    const [all, archive, deep] = [randomBytes(32), randomBytes(32), randomBytes(32)];
    await mkdir(join(folder, "keys"));
    await writeFile(join(folder, "keys", "all.key"), all, { mode: 0o600 });
    await writeFile(join(folder, "archive.key"), archive.toString("base64"), { mode: 0o600 });
    const map = {
      "": { file: "keys/all.key" },
      "archive/": { file: "archive.key" },
      "archive/2024/": { base64: deep.toString("base64") },
    };
    await writeFile(join(folder, "keys.json"), JSON.stringify(map), { mode: 0o600 });
    const { keysFor } = keyRing(await entriesOf(join(folder, "keys.json")));
    const keyOf = (name: string) => keysFor(name).map((key) => key.headers());
    expect(keyOf("letter")).toEqual([customerKeyHeaders(all)]);
    expect(keyOf("archive/letter")).toEqual([customerKeyHeaders(archive)]);
    expect(keyOf("archive/2024/letter")).toEqual([customerKeyHeaders(deep)]);
  });

  test("gives no key to a name that matches no prefix", async () => {
    const map = { "archive/": { base64: randomBytes(32).toString("base64") } };
    const { keysFor } = keyRing(await entriesOf(await fileOf(JSON.stringify(map))));
    expect(keysFor("letter")).toEqual([]);
    expect(keysFor("archive/letter")).toHaveLength(1);
  });

  test("accepts a map that others can read only if it names files alone", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "a.key"), randomBytes(32), { mode: 0o600 });
    const path = join(folder, "keys.json");
    await writeFile(path, JSON.stringify({ "": { file: "a.key" } }));
    await chmod(path, 0o644);
    expect(await problemsOf(path)).toEqual([]);
    await writeFile(path, JSON.stringify({ "": { base64: randomBytes(32).toString("base64") } }));
    expect(await problemsOf(path)).toEqual([expect.stringContaining("its mode is 0644")]);
  });

  test("reports every mistake by the number of its entry", async () => {
    const map = {
      a: { file: "none.key" },
      b: { base64: "short" },
      c: "a.key",
      d: { file: "a.key", base64: "both" },
      e: { base64: randomBytes(32).toString("base64") },
    };
    expect(await problemsOf(await fileOf(JSON.stringify(map)))).toEqual([
      "entry 1 of the map: the file that it names: it does not exist",
      "entry 2 of the map: it is not the base64 of 32 bytes",
      expect.stringMatching(/^entry 3 of the map: it is neither/),
      expect.stringMatching(/^entry 4 of the map: it is neither/),
    ]);
    expect(await problemsOf(await fileOf("{}"))).toEqual(["it is a map without entries"]);
    expect(await problemsOf(await fileOf('{"": '))).toEqual([expect.stringContaining("not valid JSON")]);
  });
});

describe("problems of a key file", () => {
  const key = randomBytes(32);
  const forms = [key.toString("base64"), key.toString("hex"), key.toString("base64url"), key.toString("latin1")];
  /** A key in every place of a map but its own, and cut or lengthened in its own. */
  const spoilt = fc.oneof(
    fc
      .constantFrom(...forms)
      .chain((form) =>
        fc.constantFrom(
          `{"${form}": {"file": "a.key"}}`,
          `{"a": "${form}"}`,
          `{"a": {"file": "${form}"}}`,
          `{"a": {"file": "./${form}"}}`,
          `{"a": {"${form}": "a.key"}}`,
          `{"a": {"base64": "${form}x"}}`,
          `{"a": {"base64": "${form.slice(1)}"}}`,
          `{"a": {"base64": ${form}}}`,
          `{${form}`,
          `{"a": {"base64": "${form}" "b": 1}}`,
          `["${form}"]`,
          ` ${form} x`,
          form.repeat(2),
        ),
      ),
    fc.nat({ max: 31 }).map((cut) => key.subarray(0, cut)),
    fc.uint8Array({ minLength: 1, maxLength: 8 }).map((more) => Buffer.concat([key, more])),
  );

  test("never contain any part of a key", { tags: ["slow"] }, async () => {
    let told = 0;
    const folder = await newFolder();
    const path = join(folder, "given");
    await fc.assert(
      fc.asyncProperty(spoilt, async (content) => {
        await writeFile(path, content, { mode: 0o600 });
        const words = (await problemsOf(path)).join("\n");
        if (words !== "") told += 1;
        for (const form of forms) {
          for (let at = 0; at + 8 <= form.length; at += 1) expect(words).not.toContain(form.slice(at, at + 8));
        }
      }),
      { numRuns: 150 },
    );
    expect(told).toBeGreaterThan(100);
  });
});

test("keyRing tries both keys of two files for all names in the given order, duplicates once", () => {
  const keyOf = (md5: string) => ({ md5, headers: () => ({}), sourceHeaders: () => ({}) });
  const [one, two] = [keyOf("one"), keyOf("two")];
  const entries = [one, two, keyOf("one")].map((key) => ({ prefix: "", key }));
  expect(
    keyRing(entries)
      .keysFor("any")
      .map(({ md5 }) => md5),
  ).toEqual(["one", "two"]);
});

test("a customer key that is printed, inspected or serialised shows only its MD5", async () => {
  const key = randomBytes(32);
  const [entry] = await entriesOf(await fileOf(key));
  const { inspect } = await import("node:util");
  const shown = `${inspect(entry, { depth: null, showHidden: true })}${JSON.stringify(entry)}${String(entry?.key)}`;
  for (const form of [key.toString("base64"), key.toString("hex")]) expect(shown).not.toContain(form);
  expect(shown).toContain(entry?.key.md5);
});

it("createKeyFile writes 32 bytes that only the owner may read, and returns their MD5", async () => {
  const path = join(await newFolder(), "vault.key");
  const { md5 } = await createKeyFile(path);
  const key = await readFile(path);
  expect(key).toHaveLength(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(md5).toBe(createHash("md5").update(key).digest("base64"));
});

it("createKeyFile writes a new key each time, and never overwrites a file", async () => {
  const folder = await newFolder();
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  await createKeyFile(one);
  await createKeyFile(other);
  expect(await readFile(one)).not.toEqual(await readFile(other));
  await writeFile(one, "precious");
  await expect(createKeyFile(one)).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(one, "utf8")).toBe("precious");
});
