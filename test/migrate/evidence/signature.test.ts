import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRun, readRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { readManifest } from "../../../migrate/evidence/manifest.js";
import { readEnvelope } from "../../../migrate/evidence/signature.js";
import { writeManifest } from "../../../migrate/evidence/write-manifest.js";
import type { PublicKey } from "../../../migrate/keys/public-key.js";
import { closeRun } from "../../../migrate/run/close-run.js";
import { closedJournal, failed, migrated } from "../fixtures/records.js";
import { edit, editLines, FIRST_SEGMENT, runFolder } from "../fixtures/run-folder.js";
import { ecdsa, ed25519, type Pair } from "../fixtures/signing-keys.js";

const [operator, auditor, stranger] = [ed25519(), ecdsa(), ed25519()];
const FILE = "manifest.dsse.json";

let runDir: string;
beforeEach(async () => {
  runDir = await runFolder(closedJournal([migrated({ key: "a" }), failed({ key: "b" })]));
});
afterEach(() => rm(runDir, { recursive: true }));

async function signBy({ signer }: Pair): Promise<void> {
  const run = await readRun(runDir);
  if ("kind" in run) throw new Error("no run");
  await closeRun(runDir, run, [], signer);
}
const check = (...publicKeys: PublicKey[]) => checkRun(runDir, { toolVersion: "0.1.0", publicKeys });
const words = async (...keys: Pair[]) =>
  (await check(...keys.map(({ publicKey }) => publicKey))).findings.map(findingWords);
const signature = async (...keys: Pair[]) => (await check(...keys.map(({ publicKey }) => publicKey))).seal.signature;
const envelope = async () => {
  const read = await readEnvelope(runDir);
  if (!read?.ok) throw new Error("no envelope");
  return read.value;
};
const keyidOf = ({ signer }: Pair) => signer.keyid;

describe.each([
  ["Ed25519", operator],
  ["ECDSA P-256", auditor],
])("run folder signed by %s", (_, key) => {
  beforeEach(() => signBy(key));

  it("is valid under the public key", async () => {
    expect(await check(key.publicKey)).toMatchObject({
      findings: [],
      seal: { signature: { kind: "valid", keyids: [keyidOf(key)], unchecked: [] } },
    });
  });

  it("is reported as unchecked, with its key IDs, if no public key was given", async () => {
    expect(await check()).toMatchObject({
      findings: [],
      seal: { signature: { kind: "unchecked", keyids: [keyidOf(key)] } },
    });
  });

  it("is refused under another key, with both key IDs", async () => {
    expect(await words(stranger)).toEqual([
      `${FILE}: the given key ${keyidOf(stranger)} did not sign this: ${keyidOf(key)} did`,
    ]);
    expect(await signature(stranger)).toEqual({ kind: "invalid" });
  });

  it("is refused if the manifest was replaced, with and without the public key", async () => {
    await editLines(runDir, FIRST_SEGMENT, (lines) => lines.map((line) => line.replace("AccessDenied", "Later")));
    const signed = (await readManifest(runDir)).sha256;
    await rm(join(runDir, "manifest.json"));
    const kept = JSON.stringify(await envelope(), null, 2);
    await writeManifest(runDir);
    await writeFile(join(runDir, FILE), `${kept}\n`);
    const { sha256 } = await readManifest(runDir);
    const said = `manifest.json: it is not the manifest that was signed: SHA-256 ${sha256} now, ${signed} signed`;
    expect(await words(key)).toContain(said);
    expect(await words()).toContain(said);
  });

  it("is refused with another payload under the same signature", async () => {
    const { payload, ...rest } = await envelope();
    const statement = Buffer.from(payload, "base64").toString().replace('"listed":2', '"listed":3');
    await writeFile(
      join(runDir, FILE),
      `${JSON.stringify({ payload: Buffer.from(statement).toString("base64"), ...rest }, null, 2)}\n`,
    );
    expect(await words(key)).toEqual([
      `${FILE}: the signature is not valid: key ${keyidOf(key)} did not sign this, or it was changed since`,
    ]);
    // A reader without a key sees that much.
    expect(await words()).toEqual([
      `${FILE}: the signed statement does not match the run folder: totals.listed is 3, but should be 2`,
    ]);
  });

  it("is refused with another payload type", async () => {
    await edit(runDir, FILE, (text) => text.replace("vnd.in-toto+json", "json"));
    expect(await words(key)).toEqual([
      expect.stringContaining("the signature is not valid"),
      `${FILE}: what was signed is not the statement of a run: its payload is of type "application/json", not "application/vnd.in-toto+json"`,
    ]);
  });

  it("is refused if the signature names another key", async () => {
    await edit(runDir, FILE, (text) => text.replace(keyidOf(key), keyidOf(stranger)));
    expect(await words(key)).toEqual([
      `${FILE}: the signature is by key ${keyidOf(key)}, but claims to be by ${keyidOf(stranger)}`,
    ]);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ["is no JSON", () => "{", /cannot be read: it is not JSON/],
    [
      "has no signature",
      (text) => text.replace(/"signatures": \[[^\]]*\]/, '"signatures": []'),
      /cannot be read: signatures: /,
    ],
    [
      "has bytes that are no base64",
      (text) => text.replace(/"sig": ".../, '"sig": "%%%'),
      /cannot be read: signatures\.0\.sig: it is not base64/,
    ],
    ["has a field more", (text) => text.replace("{", '{ "note": 1,'), /cannot be read: Unrecognized key: "note"/],
    [
      "was written in another form",
      (text) => `${text} `,
      /it was edited: sign writes the same content in a different format/,
    ],
  ])("is refused if the envelope %s", { tags: ["slow"] }, async (_why, change, said) => {
    await edit(runDir, FILE, change);
    expect(await words(key)).toEqual([expect.stringMatching(said)]);
    expect(await words()).toEqual([expect.stringMatching(said)]);
  });

  it("is refused without its manifest", async () => {
    await rm(join(runDir, "manifest.json"));
    expect(await words(key)).toContainEqual(
      expect.stringMatching(/^manifest\.json: the manifest is missing, but one was signed: SHA-256 /),
    );
  });
});

describe("unsigned run folder", () => {
  it("is intact, and reported as unsigned", async () => {
    expect(await check()).toMatchObject({ findings: [], seal: { signature: { kind: "unsigned" } } });
  });

  it("is refused if a public key was given", async () => {
    expect(await words(operator)).toEqual([
      `${FILE}: there is no signature, but a public key or a certificate was given to check one`,
    ]);
  });
});

describe("run folder with two signatures", () => {
  beforeEach(async () => {
    await signBy(operator);
    await signBy(auditor);
  });

  it("is valid under either key, and reports the other as unchecked", async () => {
    expect((await envelope()).signatures.map(({ keyid }) => keyid)).toEqual([keyidOf(operator), keyidOf(auditor)]);
    expect(await signature(operator)).toEqual({
      kind: "valid",
      keyids: [keyidOf(operator)],
      unchecked: [keyidOf(auditor)],
    });
    expect(await signature(auditor, operator)).toEqual({
      kind: "valid",
      keyids: [keyidOf(auditor), keyidOf(operator)],
      unchecked: [],
    });
    expect(await words(operator, auditor)).toEqual([]);
  });

  it("is refused under a given key that did not sign, even if another given key did", async () => {
    expect(await words(operator, stranger)).toEqual([expect.stringContaining(`${keyidOf(stranger)} did not sign`)]);
  });

  it("is refused only under the key with the changed signature", async () => {
    const { signatures, ...rest } = await envelope();
    const [first, second] = signatures;
    const swapped = [{ ...first, sig: second?.sig }, second];
    await writeFile(join(runDir, FILE), `${JSON.stringify({ ...rest, signatures: swapped }, null, 2)}\n`);
    expect(await words(operator)).toEqual([expect.stringContaining(`key ${keyidOf(operator)} did not sign this`)]);
    expect(await words(auditor)).toEqual([]);
  });

  it("keeps one signature per key if one signs again", async () => {
    await signBy(operator);
    expect((await envelope()).signatures.map(({ keyid }) => keyid)).toEqual([keyidOf(auditor), keyidOf(operator)]);
    expect(await words(operator, auditor)).toEqual([]);
  });
});

describe("rewritten manifest", () => {
  it("keeps its signature if it is byte-identical", async () => {
    await signBy(operator);
    await writeManifest(runDir);
    expect(await words(operator)).toEqual([]);
  });

  it("loses its signature if it differs", async () => {
    await signBy(operator);
    await edit(runDir, "report.md", (text) => `${text} `);
    await writeManifest(runDir);
    expect(await words(operator)).toContain(
      `${FILE}: there is no signature, but a public key or a certificate was given to check one`,
    );
  });
});
