import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { parsePublicKey, readPublicKey } from "../../../migrate/keys/public-key.js";
import { parseSigningKey, resolveSigner } from "../../../migrate/keys/signing-key.js";
import { findExecutable } from "../../servers/programs.js";
import { ecdsa, ed25519, fileWith } from "../fixtures/signing-keys.js";

const PASSPHRASE = "correct horse battery staple";
const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const encrypted = { ...pkcs8, cipher: "aes-256-cbc", passphrase: PASSPHRASE } as const;
const pemOf = (key: ReturnType<typeof ed25519>) => Buffer.from(key.privatePem);
const whyNot = (pem: string | Buffer, passphrase: string | null = null) => {
  const parsed = parseSigningKey(Buffer.from(pem), passphrase);
  return parsed.kind === "bad" ? parsed.why : "it was taken";
};

describe("parseSigningKey", () => {
  test.each([
    ["Ed25519", ed25519()],
    ["ECDSA P-256", ecdsa()],
  ])(
    "returns for %s a signer with signatures that only its public key and exact data verify",
    (_, { signer, publicKey }) => {
      const bytes = Buffer.from("what is signed");
      const signature = signer.sign(bytes);
      expect(publicKey.keyid).toBe(signer.keyid);
      expect(publicKey.verifies(bytes, signature)).toBe(true);
      expect(publicKey.verifies(Buffer.from("what is singed"), signature)).toBe(false);
      expect(publicKey.verifies(bytes, signature.subarray(1))).toBe(false);
      expect(publicKey.verifies(bytes, Buffer.alloc(0))).toBe(false);
    },
  );

  test("opens an encrypted key with its passphrase only", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export(encrypted);
    expect(parseSigningKey(Buffer.from(pem), PASSPHRASE).kind).toBe("signer");
    expect(whyNot(pem, "Correct horse battery staple")).toBe("the passphrase does not open it, or it is damaged");
    expect(whyNot(pem)).toMatch(/^it needs its passphrase: give --sign-passphrase-file, or BUCKETSEAL_SIGN_PASSPHRASE/);
  });

  test("accepts a key without passphrase even if a passphrase is given", () => {
    expect(parseSigningKey(pemOf(ed25519()), PASSPHRASE).kind).toBe("signer");
  });

  test("accepts the SEC1 form of EC keys, with and without a passphrase", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const sec1 = { type: "sec1", format: "pem" } as const;
    expect(parseSigningKey(Buffer.from(privateKey.export(sec1)), null).kind).toBe("signer");
    const locked = Buffer.from(privateKey.export({ ...sec1, cipher: "aes-256-cbc", passphrase: PASSPHRASE }));
    expect(parseSigningKey(locked, PASSPHRASE).kind).toBe("signer");
    expect(whyNot(locked)).toMatch(/^it needs its passphrase/);
  });

  test.runIf(findExecutable("openssl"))("accepts keys as openssl writes them, with curve parameters", () => {
    const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: ["ignore", "pipe", "ignore"] });
    for (const made of [
      openssl("genpkey", "-algorithm", "ed25519"),
      openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
      openssl("ecparam", "-name", "prime256v1", "-genkey"),
    ]) {
      expect(parseSigningKey(made, null).kind).toBe("signer");
    }
  });

  test.each([
    [
      "an RSA key",
      generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pkcs8),
      /a key for RSA: give one/,
    ],
    [
      "a key of another curve",
      generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey.export(pkcs8),
      /a key for the curve secp384r1: give one for Ed25519 or ECDSA P-256/,
    ],
    ["an X25519 key", generateKeyPairSync("x25519").privateKey.export(pkcs8), /a key for X25519/],
    ["a public key", ed25519().publicPem, /only a public key, and signing needs the private key/],
    [
      "a key of OpenSSH",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
      /it contains "OPENSSH PRIVATE KEY", not/,
    ],
    ["a key of cosign", "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END", /cosign's own/],
    [
      "a damaged key",
      ed25519().privatePem.replace(/\nM.{20}/, "\nMAAAAAAAAAAAAAAAAAAAA"),
      /its PEM contains no readable key/,
    ],
    ["no PEM", "hunter2", /it is not PEM, which begins with -----BEGIN PRIVATE KEY-----: openssl genpkey/],
    ["nothing", "", /it is not PEM/],
  ])("rejects %s", (_, pem, why) => {
    expect(whyNot(pem)).toMatch(why);
  });

  test("returns a signer that shows nothing of its key when printed or serialised", () => {
    const { signer, privatePem } = ed25519();
    const secret = privatePem.split("\n")[1] ?? "";
    expect(secret.length).toBeGreaterThan(40);
    expect(Object.keys(signer)).toEqual(["keyid", "sign"]);
    for (const shown of [JSON.stringify({ signer }), inspect(signer, { depth: 9, showHidden: true })]) {
      expect(shown).toContain(signer.keyid);
      expect(shown).not.toContain(secret);
    }
  });
});

describe("resolveSigner", () => {
  const problemsOf = async (...given: Parameters<typeof resolveSigner>[0][]) => {
    const problems: string[] = [];
    for (const options of given) expect(await resolveSigner(options, problems)).toBe(null);
    return problems;
  };
  const locked = () => generateKeyPairSync("ed25519").privateKey.export(encrypted);

  test("reports no problem without options", async () => {
    expect(await problemsOf({})).toEqual([]);
  });

  test("reads the passphrase from its file without the line break, or from the option", async () => {
    const sign = await fileWith(locked());
    const problems: string[] = [];
    for (const text of [PASSPHRASE, `${PASSPHRASE}\n`, `${PASSPHRASE}\r\n`]) {
      expect(await resolveSigner({ sign, signPassphraseFile: await fileWith(text) }, problems)).not.toBe(null);
    }
    expect(await resolveSigner({ sign, signPassphrase: PASSPHRASE }, problems)).not.toBe(null);
    expect(problems).toEqual([]);
  });

  test("refuses a key or passphrase file that others can read or that does not exist", async () => {
    const open = await fileWith(ed25519().privatePem, 0o644);
    const sign = await fileWith(locked());
    const openPassphrase = await fileWith(PASSPHRASE, 0o640);
    expect(
      await problemsOf(
        { sign: open },
        { sign: `${sign}.absent` },
        { sign, signPassphraseFile: openPassphrase },
        { sign, signPassphraseFile: `${sign}.absent` },
      ),
    ).toEqual([
      `--sign: "${open}" cannot be used: its mode is 0644, so others can read it: run chmod 600 on it`,
      `--sign: "${sign}.absent" cannot be used: it does not exist`,
      `--sign-passphrase-file: "${openPassphrase}" cannot be used: its mode is 0640, so others can read it: run chmod 600 on it`,
      `--sign-passphrase-file: "${sign}.absent" cannot be used: it does not exist`,
    ]);
  });

  test("refuses a passphrase without a key, and a key in place of its path, without repeating it", async () => {
    const { privatePem } = ed25519();
    expect(await problemsOf({ signPassphraseFile: "file" }, { sign: privatePem })).toEqual([
      "--sign-passphrase-file belongs to --sign: give both, or neither",
      "--sign: this looks like the key itself: give the path of its file",
    ]);
  });

  test("repeats neither a wrong passphrase nor the content of a file that is no key", async () => {
    const sign = await fileWith(locked());
    const other = await fileWith("hunter2 is no PEM");
    const problems = await problemsOf({ sign, signPassphrase: "wrong-canary" }, { sign: other });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toMatch(/wrong-canary|hunter2/);
  });
});

describe("parsePublicKey and readPublicKey", () => {
  test.each([
    ["a private key", ed25519().privatePem, /it contains a private key, which belongs only to its owner/],
    [
      "a certificate",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      /it is a certificate: openssl x509/,
    ],
    ["no PEM", "hunter2", /it is not a public key in PEM/],
    ["a damaged one", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", /it is not a public key in PEM/],
    [
      "an RSA key",
      generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }),
      /a key for RSA/,
    ],
  ])("reject %s without repeating it", (_, pem, why) => {
    expect(parsePublicKey(Buffer.from(pem))).toEqual({ kind: "bad", why: expect.stringMatching(why) });
    expect(parsePublicKey(Buffer.from(pem))).toEqual({ kind: "bad", why: expect.not.stringContaining("hunter2") });
  });

  test("read a key file, even if others can read it", async () => {
    const { publicPem, publicKey } = ed25519();
    const read = await readPublicKey(await fileWith(publicPem, 0o644));
    expect(read).toMatchObject({ kind: "key", key: { keyid: publicKey.keyid } });
    expect(await readPublicKey("/nowhere/at/all")).toEqual({ kind: "bad", why: "it does not exist" });
  });
});
