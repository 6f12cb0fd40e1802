import { createHash, generateKeyPairSync } from "node:crypto";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ecdsa, ed25519 } from "../migrate/fixtures/signing-keys.js";
import { createBucket, environmentOf, openRehearsal, plain, type Rehearsal, sealed } from "./rehearsal.js";
import { filesOf, runCli } from "./run-cli.js";

const HOSTILE = "\u001b[2Jcleared\u202e";
const PASSPHRASE = "Canary-Passphrase-0123456789";

let rehearsal: Rehearsal;
/** Signed by the operator as it was made. */
let signed: string;
/** Made with the same command, and no key. */
let unsigned: string;
const files = {
  key: "",
  publicKey: "",
  locked: "",
  lockedPublic: "",
  passphrase: "",
  stranger: "",
  strangerPublic: "",
};
/** All secrets in these keys, as their files contain them. */
let secrets: string[] = [];

beforeAll(async () => {
  rehearsal = await openRehearsal();
  const { folder, client, place, cli } = rehearsal;
  const write = async (name: string, text: string | Buffer) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const [operator, stranger] = [ed25519(), ecdsa()];
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const locked = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: PASSPHRASE });
  files.key = await write("sign.pem", operator.privatePem);
  files.publicKey = await write("sign.pub.pem", operator.publicPem);
  files.stranger = await write("stranger.pem", stranger.privatePem);
  files.strangerPublic = await write("stranger.pub.pem", stranger.publicPem);
  files.locked = await write("locked.pem", locked);
  files.lockedPublic = await write("locked.pub.pem", publicKey.export({ type: "spki", format: "pem" }));
  files.passphrase = await write("passphrase", `${PASSPHRASE}\n`);
  const bodies = [operator.privatePem, stranger.privatePem, locked.toString()].flatMap((pem) =>
    pem.split("\n").slice(1, -2),
  );
  secrets = [PASSPHRASE, ...bodies];
  await createBucket(client, "archive", [...plain(4), ...sealed(2), { Key: HOSTILE, Body: "x" }]);
  signed = join(folder, "signed");
  unsigned = join(folder, "unsigned");
  const flags = [...place, "--format", "md"];
  const [made, audited] = await Promise.all([
    cli("migrate", "s3://archive", ...flags, "--assume", "documented", "--out", signed, "--sign", files.key),
    cli("audit", "s3://archive", ...flags, "--out", unsigned),
  ]);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^signed {3}sha256 [0-9a-f]{64}$/m) });
  expect(audited).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/^signed/m) });
});
afterAll(() => rehearsal.close());

let copies = 0;
async function copyOf(runDir: string): Promise<string> {
  const copy = join(rehearsal.folder, `copy-${copies++}`);
  await cp(runDir, copy, { recursive: true });
  return copy;
}
const sha256 = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("hex");

describe("a run with --sign", () => {
  test("verifies with --public-key, which prints the SHA-256 of the manifest and of the key", async () => {
    const manifest = sha256(await readFile(join(signed, "manifest.json")));
    const keyid = sha256(derOf(await readFile(files.publicKey, "utf8")));
    const { code, stdout, stderr } = await rehearsal.cli("verify", signed, "--public-key", files.publicKey);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(/^intact: /),
      `manifest  sha256 ${manifest}`,
      `signed    by sha256 ${keyid}`,
    ]);
    expect(stdout).not.toContain("bucketseal sign");
  });

  test("fails verification with another public key, or with the signature of another run", async () => {
    const copy = await copyOf(unsigned);
    await cp(join(signed, "manifest.dsse.json"), join(copy, "manifest.dsse.json"));
    const [other, swapped] = await Promise.all([
      rehearsal.cli("verify", signed, "--public-key", files.strangerPublic),
      rehearsal.cli("verify", copy, "--public-key", files.publicKey),
    ]);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/^error: manifest\.dsse\.json: the given key [0-9a-f]{64} did not sign this/);
    expect(swapped).toMatchObject({ code: 1, stdout: expect.stringMatching(/^not intact: /) });
    expect(swapped.stderr).toMatch(/^error: manifest\.json: it is not the manifest that was signed: /);
  });

  test("verifies as unchecked if no key is given, and an unsigned run as unsigned", async () => {
    const [plainly, unchecked] = await Promise.all([
      rehearsal.cli("verify", unsigned),
      rehearsal.cli("verify", signed),
    ]);
    expect(plainly).toMatchObject({ code: 0, stdout: expect.stringContaining("\nunsigned ") });
    expect(unchecked).toMatchObject({ code: 0, stdout: expect.stringContaining("\nunchecked ") });
  });

  test("does not start with an unusable key, and reports all bad options together", async () => {
    const { place, folder, cli, sandbox } = rehearsal;
    sandbox.resetCalls();
    const out = join(folder, "never");
    const ran = await cli(
      "audit",
      "s3://archive",
      ...place,
      "--out",
      out,
      "--sign",
      files.locked,
      "--concurrency",
      "x",
    );
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr.split("\n")).toEqual([
      expect.stringMatching(/^error: --concurrency: /),
      expect.stringMatching(
        /^error: --sign: "[^"]*locked\.pem" cannot be used: it needs its passphrase: give --sign-passphrase-file, or/,
      ),
      "",
    ]);
    expect(sandbox.calls).toEqual({});
    expect(await filesOf(folder)).not.toContain("never/run.json");
  });
});

describe("bucketseal sign", () => {
  test("signs an intact folder, and keeps an earlier signature", async () => {
    const copy = await copyOf(signed);
    const ran = await rehearsal.cli("sign", copy, "--key", files.locked, "--sign-passphrase-file", files.passphrase);
    expect(ran).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^signed: /) });
    const keys = ["--public-key", files.publicKey, "--public-key", files.lockedPublic];
    const { code, stdout } = await rehearsal.cli("verify", copy, ...keys, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ intact: true, seal: { signature: { kind: "valid", unchecked: [] } } });
  });

  test("reads the passphrase from the environment, and rejects a wrong one without repeating it", async () => {
    const { folder, sandbox } = rehearsal;
    const by = async (passphrase: string) =>
      runCli(["sign", await copyOf(unsigned), "--key", files.locked], {
        folder,
        env: { ...environmentOf(sandbox.credentials), BUCKETSEAL_SIGN_PASSPHRASE: passphrase },
      });
    const [wrong, right] = await Promise.all([by("Wrong-Canary"), by(PASSPHRASE)]);
    expect(wrong).toEqual({
      code: 2,
      stdout: "",
      stderr: `error: --key: "${files.locked}" cannot be used: the passphrase does not open it, or it is damaged\n`,
    });
    expect(right).toMatchObject({ code: 0 });
  });

  test("refuses a folder that does not verify, and leaves it unsigned", async () => {
    const copy = await copyOf(unsigned);
    await writeFile(join(copy, "notes.txt"), "added");
    const ran = await rehearsal.cli("sign", copy, "--key", files.key);
    expect(ran).toMatchObject({ code: 1, stderr: "error: notes.txt: not listed in the manifest\n" });
    expect(await filesOf(copy)).not.toContain("manifest.dsse.json");
  });
});

describe("bucketseal report on a signed folder", () => {
  test("keeps the signature if the reports are identical, and requires --drop-signature otherwise", async () => {
    const copy = await copyOf(signed);
    await rm(join(copy, "report.md"));
    const same = await rehearsal.cli("report", copy, "--format", "md");
    expect(same).toMatchObject({ code: 0, stderr: "" });
    // One after the other: what is being written is named by no manifest yet.
    const verified = await rehearsal.cli("verify", copy, "--public-key", files.publicKey);
    const more = await rehearsal.cli("report", copy, "--format", "md,csv");
    expect(verified).toMatchObject({ code: 0 });
    expect(more).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("give --drop-signature") });
    const dropped = await rehearsal.cli("report", copy, "--format", "md,csv", "--drop-signature");
    expect(dropped).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^warning: the signature of key [0-9a-f]{64} was dropped/),
    });
    expect(await filesOf(copy)).not.toContain("manifest.dsse.json");
  });
});

describe("bucketseal verify --prove", () => {
  test("prints the journal line of a key, and an audit path that hashes to the root", async () => {
    const { code, stdout, stderr } = await rehearsal.cli("verify", signed, "--prove", HOSTILE, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { proof } = JSON.parse(stdout);
    const [line] = proof.lines;
    expect(JSON.parse(line.text)).toMatchObject({ key: HOSTILE, outcome: { kind: "migrated" } });
    let hash = sha256(Buffer.concat([Buffer.of(0), Buffer.from(line.text)]));
    for (const step of line.auditPath) {
      const [left, right] = step.side === "left" ? [step.hash, hash] : [hash, step.hash];
      hash = sha256(Buffer.from(`01${left}${right}`, "hex"));
    }
    expect(hash).toBe(JSON.parse(await readFile(join(signed, "manifest.json"), "utf8")).journal.root);
  });

  test("prints a readable proof without control characters", async () => {
    const { code, stdout } = await rehearsal.cli("verify", signed, "--prove", HOSTILE, "--public-key", files.publicKey);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^proven: 1 line of \d+ lines[^\n]*\nroot {6}sha256 [0-9a-f]{64}\nmanifest/);
    expect(stdout).toMatch(/\nsigned {4}by sha256 [0-9a-f]{64}\n\njournal\/000001\.ndjson, line \d+ \(leaf \d+\)\n\{/);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("\u202e");
  });

  test("exits with 1 for an unknown key, and for an edited line", async () => {
    const absent = await rehearsal.cli("verify", signed, "--prove", "absent");
    expect(absent).toMatchObject({ code: 1, stdout: "not proven: absent\n" });
    expect(absent.stderr).toMatch(/^error: none of the \d+ lines of the journal is about the key "absent"/);
    const copy = await copyOf(signed);
    const path = join(copy, "journal", "000001.ndjson");
    await writeFile(path, (await readFile(path, "utf8")).replace('"attempts":1', '"attempts":2'));
    const first = JSON.parse(
      (await readFile(path, "utf8")).split("\n").find((line) => line.includes('"attempts":2')) ?? "",
    );
    const edited = await rehearsal.cli("verify", copy, "--prove", first.key);
    expect(edited).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: journal\/000001\.ndjson: line \d+ \([^)]*\) was edited\n$/),
    });
  });

  test("exits with 2 for a version ID without a key, and for an invalid public key", async () => {
    expect(await rehearsal.cli("verify", signed, "--version-id", "x")).toMatchObject({ code: 2, stdout: "" });
    const ran = await rehearsal.cli("verify", signed, "--public-key", files.key, "--public-key", files.passphrase);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr.split("\n")).toEqual([
      expect.stringMatching(/sign\.pem" cannot be used: it contains a private key/),
      expect.stringMatching(/passphrase" cannot be used: it is not a public key in PEM/),
      "",
    ]);
  });
});

test("private keys and passphrases appear in no run folder and in no output", async () => {
  const { folder, cli } = rehearsal;
  const copy = await copyOf(unsigned);
  const printed = await Promise.all([
    cli("sign", copy, "--key", files.locked, "--sign-passphrase-file", files.passphrase, "--json"),
    cli("sign", copy, "--key", files.passphrase),
    cli("sign", copy, "--key", await readFile(files.key, "utf8")),
  ]);
  expect(printed.map(({ code }) => code)).toEqual([0, 2, 2]);
  const shown = printed.map(({ stdout, stderr }) => stdout + stderr);
  const runFolders = (await filesOf(folder)).filter((name) => name.includes("/"));
  expect(runFolders.length).toBeGreaterThan(15);
  const texts = await Promise.all(runFolders.map((name) => readFile(join(folder, name), "latin1")));
  expect(secrets.length).toBeGreaterThan(4);
  for (const secret of secrets) {
    expect([...shown, ...texts].filter((text) => text.includes(secret))).toEqual([]);
  }
  // The key's path is recorded, so that a resumed run finds it again.
  expect(texts.some((text) => text.includes(`"sign": ${JSON.stringify(files.key)}`))).toBe(true);
});

/** The DER is what PEM has in base64. */
function derOf(pem: string): Buffer {
  return Buffer.from(pem.split("\n").slice(1, -2).join(""), "base64");
}
