import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { readEnvelope } from "../../migrate/evidence/signature.js";
import { payloadOf } from "../../migrate/evidence/statement.js";
import { audit, checkRun, type GivenOptions, migrate, TOOL_VERSION, UsageError } from "../../migrate/index.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { startWorld } from "../buckets/start-world.js";
import { jsonSchema } from "../schema/published-schemas.js";
import { ecdsa, ed25519, fileWith, type Pair } from "./signature/keys.js";

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

  test("sign again with the same key file on resume, and remove manifest and signature meanwhile", async () => {
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

  test("accept another key on resume, and never write the passphrase to run.json", async () => {
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
