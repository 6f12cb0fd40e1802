import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeEach, describe, expect, test } from "vitest";
import { readEnvelope } from "../../../migrate/evidence/signature.js";
import { payloadOf } from "../../../migrate/evidence/statement.js";
import {
  type AuditOptions,
  audit,
  checkRun,
  diffRuns,
  type GivenOptions,
  migrate,
  readJournal,
  rewriteReports,
  signRun,
  TOOL_VERSION,
  UsageError,
  verifyLive,
} from "../../../migrate/index.js";
import { readRunRecord } from "../../../migrate/journal/run-folder.js";
import { closeRun } from "../../../migrate/run/close-run.js";
import { fillBucket, newFolder, newKeyFile, startWorld, type World } from "../../buckets/start-world.js";
import { jsonSchema } from "../../schema/published-schemas.js";
import { ecdsa, ed25519, fileWith, type Pair } from "../fixtures/signing-keys.js";

describe("run folder that vouches for an endpoint", () => {
  const KEYS = ["a", "b", "c", "d", "e", "f"];

  let world: World;
  let options: AuditOptions;
  let signer: Pair;
  let key: { readonly sign: string; readonly publicKey: readonly string[] };
  beforeEach(async () => {
    world = await startWorld();
    await fillBucket(
      world.raw,
      "bucket",
      KEYS.map((name) => ({ key: name, body: Buffer.from(name) })),
    );
    options = await world.optionsFor("bucket");
    signer = ed25519();
    key = { sign: await fileWith(signer.privatePem), publicKey: [await fileWith(signer.publicPem)] };
  });

  const outOf = async () => join(await newFolder(), "run");
  const again = async (more: Partial<GivenOptions>) => ({ ...options, out: await outOf(), ...more });

  /** Says of every object in plaintext that it is encrypted, of a day long ago, and makes the folder agree with itself. */
  async function forge(runDir: string, endpoint?: string): Promise<void> {
    const path = join(runDir, "journal/000001.ndjson");
    const text = await readFile(path, "utf8");
    const records = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const record of records) {
      if (record.kind !== "outcome") continue;
      const early = "2020-01-01T00:00:00.000Z";
      record.before = { ...record.before, state: "sse-s3", evidence: "head-header" };
      if (endpoint === undefined) record.at = new Date(Date.now() + 60_000).toISOString();
      else [record.before.lastModified, record.at] = [early, early];
      record.decision = { kind: "skip", reason: "sse-s3" };
      record.outcome = { kind: "already-encrypted", reason: "sse-s3" };
      record.notes = [];
    }
    await writeFile(path, `${records.map((record) => JSON.stringify(record)).join("\n")}\n`);
    const run = await readRunRecord(runDir);
    await closeRun(runDir, { ...run, endpoint: endpoint ?? run.endpoint }, []);
  }

  describe("credentials and customer keys", () => {
    test("are sent to no endpoint that only a run folder names, by verify --live or --resume", async () => {
      const { runDir } = await audit(options);
      const ssecKeyFile = [(await newKeyFile()).path];
      world.sandbox.resetCalls();
      const names = `run folder "${runDir}" contains the endpoint ${world.sandbox.endpoint}, but credentials and keys are sent only to an endpoint that you give`;
      const { credentials } = options;
      await expect(verifyLive(runDir, { credentials, ssecKeyFile })).rejects.toThrow(names);
      await expect(verifyLive(runDir, { credentials, publicKeys: [signer.publicKey] })).rejects.toThrow(
        "does not vouch for it (manifest.dsse.json: there is no signature",
      );
      const run = await readRunRecord(runDir);
      const [session] = run.sessions;
      if (session === undefined) throw new Error("no session");
      await closeRun(runDir, { ...run, sessions: [{ ...session, end: "interrupted" }] }, []);
      await expect(audit({ out: runDir, resume: true, credentials })).rejects.toThrow(names);
      const elsewhere = { endpoint: "http://127.0.0.1:9", region: world.sandbox.region };
      await expect(audit({ out: runDir, resume: true, credentials, ...elsewhere })).rejects.toThrow(
        "a resumed run cannot move",
      );
      expect(world.sandbox.calls).toEqual({});
    });

    test("are sent to the endpoint that a given key signed, and not to a forged one", async () => {
      const { runDir } = await audit({ ...options, sign: key.sign });
      const { credentials } = options;
      const publicKeys = [signer.publicKey];
      expect(await verifyLive(runDir, { credentials, publicKeys })).toMatchObject({
        end: "complete",
        lines: KEYS.length,
      });
      await expect(verifyLive(runDir, { credentials, publicKeys: [ed25519().publicKey] })).rejects.toThrow(
        "did not sign",
      );
      const path = join(runDir, "run.json");
      const text = await readFile(path, "utf8");
      await writeFile(path, text.replaceAll(world.sandbox.endpoint, "http://127.0.0.1:9"));
      await expect(verifyLive(runDir, { credentials, publicKeys })).rejects.toThrow("does not vouch for it (run.json");
    });

    test("are sent to --endpoint, whatever the folder names", { tags: ["slow"] }, async () => {
      const { runDir } = await audit(options);
      await forge(runDir, "http://127.0.0.1:9");
      const { credentials, endpoint } = options;
      const check = await verifyLive(runDir, { credentials, endpoint });
      expect(check.endpoint).toBe(endpoint);
      // Lines that were made old do not hide what is in plaintext now.
      expect(check).toMatchObject({ unencrypted: KEYS.length, results: { contradicts: 0, changed: KEYS.length } });
    });

    test("are not sent to a store that only the baseline names", async () => {
      const { runDir } = await audit(options);
      await expect(audit({ locations: ["s3://bucket"], baseline: runDir })).rejects.toThrow("no store is given");
    });
  });

  describe("verify --live", () => {
    test("counts unchanged plaintext objects as unencrypted, and reports each as same", async () => {
      const { runDir } = await audit(options);
      const { credentials, endpoint } = options;
      const found: string[] = [];
      const onDifference = ({ key: name, kind }: { key: string; kind: string }) => void found.push(`${kind} ${name}`);
      const check = await verifyLive(runDir, { credentials, endpoint, onDifference });
      expect(check).toMatchObject({ unencrypted: KEYS.length, results: { same: KEYS.length } });
      expect(found.sort()).toEqual(KEYS.map((name) => `same ${name}`));
    });
  });

  describe("audit --baseline", () => {
    test("ignores an unsigned baseline with --sign, reads every object, and reports that", {
      tags: ["slow"],
    }, async () => {
      const { runDir } = await audit(options);
      await forge(runDir);
      world.sandbox.resetCalls();
      const kinds: string[] = [];
      const onEvent: GivenOptions["onEvent"] = ({ kind }) => void kinds.push(kind);
      const signed = await audit(await again({ baseline: runDir, sign: key.sign, formats: ["md"], onEvent }));
      expect(kinds).toContain("baseline-left-out");
      expect(world.sandbox.calls.HeadObject).toBe(KEYS.length);
      expect(signed.summary.total.statesNow.none?.objects).toBe(KEYS.length);
      expect(signed.run.baseline).toMatchObject({ leftOut: "not-signed", signedBy: [], lines: 0 });
      expect(await readFile(join(signed.runDir, "report.md"), "utf8")).toContain(
        "not used, because this run is signed",
      );
      for await (const record of readJournal(signed.runDir)) expect(record).not.toHaveProperty("baseline");
    });

    test("uses a baseline signed by a given key, and refuses one signed by another", async () => {
      const first = await audit({ ...options, sign: key.sign });
      const second = await audit(await again({ baseline: first.runDir, ...key, formats: ["md"] }));
      expect(second.run.baseline).toMatchObject({ signedBy: [signer.signer.keyid] });
      expect(second.run.baseline).not.toHaveProperty("leftOut");
      const report = await readFile(join(second.runDir, "report.md"), "utf8");
      expect(report).toContain(`signed by key ${signer.signer.keyid}, which was given`);
      const other = [await fileWith(ed25519().publicPem)];
      await expect(audit(await again({ baseline: first.runDir, publicKey: other }))).rejects.toThrow("did not sign");
      const { signedBy } = await diffRuns(first.runDir, second.runDir, { publicKeys: [signer.publicKey] });
      expect(signedBy).toEqual([signer.signer.keyid]);
    });

    test("cannot be signed later if its baseline is unsigned, nor compared by diff with a public key", {
      tags: ["slow"],
    }, async () => {
      const { runDir } = await audit(options);
      const unsigned = await audit(await again({ baseline: runDir }));
      expect(unsigned.run.baseline).toMatchObject({ signedBy: [] });
      const refused = "its audit used a baseline that no given key has signed";
      await expect(signRun(unsigned.runDir, { sign: key.sign })).rejects.toThrow(refused);
      await expect(rewriteReports(unsigned.runDir, ["csv"], { sign: key.sign })).rejects.toThrow(refused);
      await expect(signRun(runDir, { sign: key.sign })).resolves.toMatchObject({ kind: "signed" });
      await expect(diffRuns(runDir, unsigned.runDir, { publicKeys: [signer.publicKey] })).rejects.toThrow(
        "there is no signature",
      );
    });
  });
});

const OBJECTS = 40;

async function filled() {
  const world = await startWorld();
  const objects = Array.from({ length: OBJECTS }, (_, index) => ({ key: `key ${index}`, body: Buffer.from("plain") }));
  await fillBucket(world.raw, "bucket", objects);
  return world;
}

const check = async (runDir: string, { publicKey }: Pair) => {
  const { findings, seal } = await checkRun(runDir, { toolVersion: TOOL_VERSION, publicKeys: [publicKey] });
  return { findings, signature: seal.signature };
};
const statementOf = async (runDir: string) => {
  const envelope = await readEnvelope(runDir);
  if (!envelope?.ok) throw new Error("it is not signed");
  return JSON.parse(payloadOf(envelope.value).toString());
};
const runJson = async (runDir: string) => JSON.parse(await readFile(join(runDir, "run.json"), "utf8"));

/** Interrupts a run in its middle. */
function interrupted(options: GivenOptions) {
  const interruption = new AbortController();
  let outcomes = 0;
  const onEvent: GivenOptions["onEvent"] = ({ kind }) => {
    if (kind === "outcome") outcomes += 1;
    if (outcomes === 10) interruption.abort();
  };
  return migrate({ ...options, concurrency: 2, onEvent, signal: interruption.signal });
}

describe("audit and migrate --sign", () => {
  test("sign run ID, totals and root of the journal in a statement that matches the schema", async () => {
    const { optionsFor } = await filled();
    const key = ed25519();
    const { runDir, run, seal } = await audit(await optionsFor("bucket", { sign: await fileWith(key.privatePem) }));
    expect(await check(runDir, key)).toMatchObject({ findings: [], signature: { kind: "valid" } });
    expect(seal.signedBy).toBe(key.signer.keyid);
    const statement = await statementOf(runDir);
    const { journal } = JSON.parse(await readFile(join(runDir, "manifest.json"), "utf8"));
    expect(statement).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "manifest.json", digest: { sha256: seal.manifestSha256 } }],
      predicate: {
        run: { id: run.id, command: "audit", end: "complete" },
        journal: { lines: journal.lines, root: journal.root },
        totals: { listed: OBJECTS, closes: true, statesNow: { none: OBJECTS } },
      },
    });
    expect(new Ajv2020().validate(jsonSchema("statement"), statement)).toBe(true);
    expect(new Ajv2020().validate(jsonSchema("statement"), { ...statement, subject: [] })).toBe(false);
  });

  test("sign again with the same key file on resume, and remove manifest and signature meanwhile", {
    tags: "slow",
  }, async () => {
    const { optionsFor } = await filled();
    const key = ed25519();
    const options = await optionsFor("bucket", { sign: await fileWith(key.privatePem) });
    const { runDir } = await interrupted(options);
    expect((await statementOf(runDir)).predicate.run.end).toBe("interrupted");
    const { id } = await runJson(runDir);
    const there: boolean[] = [];
    const onEvent: GivenOptions["onEvent"] = ({ kind }) => {
      const sealed = ["manifest.json", "manifest.dsse.json"].some((file) => existsSync(join(runDir, file)));
      if (kind === "outcome") there.push(sealed);
    };
    await migrate({ out: runDir, credentials: options.credentials, endpoint: options.endpoint, resume: true, onEvent });
    expect(there.length).toBeGreaterThan(0);
    expect(there).not.toContain(true);
    expect(await check(runDir, key)).toMatchObject({ findings: [], signature: { kind: "valid" } });
    expect((await statementOf(runDir)).predicate.run).toMatchObject({ id, end: "complete" });
  });

  test("accept another key on resume, and never write the passphrase to run.json", { tags: ["slow"] }, async () => {
    const { optionsFor } = await filled();
    const [first, second] = [ed25519(), ecdsa()];
    const options = await optionsFor("bucket", {
      sign: await fileWith(first.privatePem),
      signPassphrase: "canary-of-a-passphrase",
    });
    const { runDir } = await interrupted(options);
    expect(await readFile(join(runDir, "run.json"), "utf8")).not.toContain("canary-of-a-passphrase");
    const again = { out: runDir, credentials: options.credentials, endpoint: options.endpoint, resume: true };
    await migrate({ ...again, sign: await fileWith(second.privatePem) });
    expect(await check(runDir, second)).toMatchObject({ findings: [], signature: { kind: "valid", unchecked: [] } });
    expect((await check(runDir, first)).findings).toMatchObject([{ kind: "signature-not-by-key" }]);
  });

  test("do not resume with an unusable key, and leave the folder unchanged", async () => {
    const { optionsFor } = await filled();
    const key = ed25519();
    const options = await optionsFor("bucket", { sign: await fileWith(key.privatePem) });
    const { runDir } = await interrupted(options);
    const again = {
      out: runDir,
      credentials: options.credentials,
      endpoint: options.endpoint,
      resume: true,
      sign: "/absent",
    };
    await expect(migrate(again)).rejects.toThrow(UsageError);
    const { signature } = await check(runDir, key);
    expect(signature).toMatchObject({ kind: "valid" });
  });
});
