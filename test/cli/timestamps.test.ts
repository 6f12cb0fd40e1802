import { execFile, execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { cp, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkTimestamp, timestampRequest } from "../../migrate/evidence/timestamp-token.js";
import { fencedBlocks } from "../guide/pages/fenced-blocks.js";
import { ecdsa, ed25519 } from "../migrate/fixtures/signing-keys.js";
import { createBucket, openRehearsal, type Rehearsal, sealed } from "./rehearsal.js";
import { filesOf } from "./run-cli.js";

const run = promisify(execFile);
const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["ts", "-help"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** A time-stamping authority of `openssl ts`: a root, an intermediate authority, and a certificate for time stamps. */
async function makeAuthority(folder: string, name: string, validity: readonly string[] = ["-days", "3650"]) {
  await mkdir(folder, { recursive: true });
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const certify = async (who: string, by: string, extensions: string, dates: readonly string[]) => {
    await openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", `${who}.key`);
    await openssl("req", "-new", "-key", `${who}.key`, "-subj", `/CN=${name} ${who}`, "-out", `${who}.csr`);
    await writeFile(join(folder, `${who}.ext`), `[ext]\n${extensions}\n`);
    const signer = by === who ? ["-selfsign"] : ["-cert", `${by}.pem`];
    const files = ["-in", `${who}.csr`, "-out", `${who}.pem`, "-extfile", `${who}.ext`, "-extensions", "ext"];
    await openssl(
      "ca",
      "-batch",
      "-config",
      "ca.cnf",
      "-notext",
      "-keyfile",
      `${by}.key`,
      ...signer,
      ...files,
      ...dates,
    );
  };
  const ca = ["database=index", "new_certs_dir=.", "serial=number", "default_md=sha256", "policy=any"];
  await writeFile(
    join(folder, "ca.cnf"),
    `[ca]\ndefault_ca=own\n[own]\n${ca.join("\n")}\n[any]\ncommonName=supplied\n`,
  );
  await writeFile(join(folder, "index"), "");
  await writeFile(join(folder, "number"), "01\n");
  await writeFile(join(folder, "serial"), "01\n");
  const authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign";
  const usage = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage";
  await certify("root", "root", authority, ["-days", "3650"]);
  await certify("intermediate", "root", authority, ["-days", "3650"]);
  await certify("stamps", "intermediate", `${usage}=critical,timeStamping`, validity);
  await certify("code", "intermediate", `${usage}=codeSigning`, validity);
  const tsa = ["serial=serial", "signer_cert=stamps.pem", "certs=intermediate.pem", "signer_key=stamps.key"];
  const policy = ["signer_digest=sha256", "default_policy=1.2.3.4", "digests=sha256"];
  await writeFile(join(folder, "ts.cnf"), `[tsa]\ndefault_tsa=own\n[own]\n${[...tsa, ...policy].join("\n")}\n`);
  const reply = async (query: Buffer): Promise<Buffer> => {
    await writeFile(join(folder, "query"), query);
    await openssl("ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "reply");
    return readFile(join(folder, "reply"));
  };
  return { folder, openssl, reply, root: join(folder, "root.pem") };
}
type Authority = Awaited<ReturnType<typeof makeAuthority>>;

/** The answer to a query: a status with its headers, or the bytes of a reply. */
type Answer = (query: Buffer) => Promise<Buffer> | { readonly status: number; readonly location?: string };
interface Front {
  readonly url: string;
  readonly asked: { readonly method: string | undefined; readonly path: string; readonly body: Buffer }[];
  answer: Answer;
  close(): Promise<void>;
}

async function startFront(answer: Answer): Promise<Front> {
  const front = { asked: [] as Front["asked"], answer };
  const reply = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    front.asked.push({ method: request.method, path: request.url ?? "", body });
    const made = await front.answer(body);
    if (Buffer.isBuffer(made)) response.setHeader("content-type", "application/timestamp-reply").end(made);
    else response.writeHead(made.status, made.location === undefined ? {} : { location: made.location }).end();
  };
  const server: Server = createServer((request, response) => {
    reply(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stamp?policy=1`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(front, { url, close });
}

const title = hasOpenssl ? "a time stamp" : "a time stamp (needs openssl on the PATH)";
describe.skipIf(!hasOpenssl)(title, () => {
  let rehearsal: Rehearsal;
  let authority: Authority;
  let front: Front;
  let unsigned: string;
  let stamped: string;
  const files = { key: "", publicKey: "", other: "", otherPublic: "" };
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    const { folder, client, place, cli } = rehearsal;
    authority = await makeAuthority(join(folder, "authority"), "Ours");
    front = await startFront(authority.reply);
    const [operator, auditor] = [ed25519(), ecdsa()];
    const write = async (name: string, text: string) => {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    files.key = await write("sign.pem", operator.privatePem);
    files.publicKey = await write("sign.pub.pem", operator.publicPem);
    files.other = await write("other.pem", auditor.privatePem);
    files.otherPublic = await write("other.pub.pem", auditor.publicPem);
    await createBucket(client, "archive", sealed(2));
    unsigned = join(folder, "unsigned");
    stamped = join(folder, "stamped");
    await cli("audit", "s3://archive", ...place, "--format", "md", "--out", unsigned);
    await cp(unsigned, stamped, { recursive: true });
    const signed = await cli("sign", stamped, "--key", files.key, "--timestamp-url", front.url);
    expect(signed).toMatchObject({ code: 0, stderr: "" });
  });
  afterAll(async () => {
    await front?.close();
    await rehearsal.close();
  });
  beforeEach(() => {
    front.answer = authority.reply;
    front.asked.length = 0;
  });

  let copies = 0;
  async function copyOf(runDir: string): Promise<string> {
    const copy = join(rehearsal.folder, `copy-${copies++}`);
    await cp(runDir, copy, { recursive: true });
    return copy;
  }
  const envelopeOf = async (runDir: string) => JSON.parse(await readFile(join(runDir, "manifest.dsse.json"), "utf8"));
  async function changeSignatures(runDir: string, change: (signatures: Record<string, string>[]) => void) {
    const envelope = await envelopeOf(runDir);
    change(envelope.signatures);
    await writeFile(join(runDir, "manifest.dsse.json"), `${JSON.stringify(envelope, null, 2)}\n`);
  }
  const signing = (runDir: string, ...more: string[]) =>
    rehearsal.cli("sign", runDir, "--key", files.key, "--timestamp-url", front.url, ...more);

  describe("of sign --timestamp-url", () => {
    test("is accepted by verify --timestamp-ca with its time and its authority, and by openssl", async () => {
      const { code, stdout, stderr } = await rehearsal.cli("verify", stamped, "--timestamp-ca", authority.root);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^stamped {3}signature by [0-9a-f]{64} existed at 20\S+Z, according to CN=Ours stamps$/m);
      const [{ sig, timestamp }] = (await envelopeOf(stamped)).signatures;
      await writeFile(join(rehearsal.folder, "signature"), Buffer.from(sig, "base64"));
      await writeFile(join(rehearsal.folder, "token.tsr"), Buffer.from(timestamp, "base64"));
      const verified = await run(
        "openssl",
        ["ts", "-verify", "-in", "token.tsr", "-data", "signature", "-CAfile", authority.root],
        { cwd: rehearsal.folder },
      );
      expect(verified.stdout).toBe("Verification: OK\n");
    });

    test("comes from the commands of docs/evidence.md, without bucketseal too", { tags: "slow" }, async () => {
      const page = await readFile(new URL("../../docs/evidence.md", import.meta.url), "utf8");
      const steps = [/^bucketseal sign .* --timestamp-url/, /^jq .* > signature/].map((begins) =>
        fencedBlocks(page).find(({ text }) => begins.test(text)),
      );
      const folder = await copyOf(unsigned);
      await rename(folder, join(rehearsal.folder, "run-1"));
      await cp(authority.root, join(rehearsal.folder, "tsa-root.pem"));
      const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
      const commands = steps.map((step) => step?.text ?? "false").join("\n");
      expect(commands).toContain("http://tsa.example.com");
      const own = `set -eo pipefail\nbucketseal() { "${process.execPath}" "${main}" "$@"; }`;
      const script = `${own}\n${commands.replace("http://tsa.example.com", `'${front.url}'`)}`;
      const { stdout } = await run("bash", ["-c", script], { cwd: rehearsal.folder });
      expect(stdout).toMatch(/^stamped {3}signature by .* existed at .*, according to CN=Ours stamps$/m);
      expect(stdout).toMatch(/^Verification: OK$/m);
    });

    test("costs one request, which has the hash of the signature and nothing else", async () => {
      const copy = await copyOf(unsigned);
      expect(await signing(copy)).toMatchObject({ code: 0 });
      expect(front.asked).toMatchObject([{ method: "POST", path: "/stamp?policy=1" }]);
      const [{ body } = { body: Buffer.alloc(0) }] = front.asked;
      const [{ sig }] = (await envelopeOf(copy)).signatures;
      const request = timestampRequest(Buffer.from(sig, "base64"));
      expect(body.length).toBe(request.der.length);
      expect(body.includes(Buffer.from(sig, "base64").subarray(0, 16))).toBe(false);
    });

    test("is printed as JSON with --json, where nothing vouches for it without --timestamp-ca", async () => {
      const checked = JSON.parse((await rehearsal.cli("verify", stamped, "--json")).stdout);
      expect(checked).toMatchObject({
        verdict: "intact",
        seal: { timestamps: [{ authority: "CN=Ours stamps", isTrusted: false }] },
      });
      const plain = await rehearsal.cli("verify", stamped);
      expect(plain).toMatchObject({ code: 0, stdout: expect.stringContaining("check it with --timestamp-ca") });
    });

    test("stays with an unchanged signature, and beside that of somebody else", { tags: "slow" }, async () => {
      const copy = await copyOf(stamped);
      const [first] = (await envelopeOf(copy)).signatures;
      expect(await rehearsal.cli("sign", copy, "--key", files.key)).toMatchObject({ code: 0 });
      expect((await envelopeOf(copy)).signatures).toEqual([first]);
      expect(await rehearsal.cli("sign", copy, "--key", files.other)).toMatchObject({ code: 0 });
      const ours = ["--public-key", files.publicKey, "--timestamp-ca", authority.root];
      expect(await rehearsal.cli("verify", copy, ...ours)).toMatchObject({ code: 0, stderr: "" });
      const others = ["--public-key", files.otherPublic, "--timestamp-ca", authority.root];
      for (const given of [others, ["--timestamp-ca", authority.root]]) {
        const { code, stderr } = await rehearsal.cli("verify", copy, ...given);
        expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: manifest.dsse.json: .* has no time stamp/)]);
      }
    });
  });

  describe("is refused by verify", () => {
    const problemOf = async (runDir: string, ...given: string[]) => {
      const { code, stdout, stderr } = await rehearsal.cli("verify", runDir, ...given);
      expect([code, stdout]).toEqual([1, expect.stringMatching(/^not intact: /)]);
      return stderr;
    };

    test("if it is about other bytes", async () => {
      const other = await copyOf(unsigned);
      await rehearsal.cli("sign", other, "--key", files.other, "--timestamp-url", front.url);
      const [{ timestamp }] = (await envelopeOf(other)).signatures;
      const copy = await copyOf(stamped);
      await changeSignatures(copy, ([signature]) => Object.assign(signature ?? {}, { timestamp }));
      for (const given of [[], ["--timestamp-ca", authority.root]])
        expect(await problemOf(copy, ...given)).toContain("is not valid: it is about other bytes");
    });

    test("if none of the given certificates vouches for its authority", { tags: "slow" }, async () => {
      const stranger = await makeAuthority(join(rehearsal.folder, "stranger"), "Stranger");
      const words = `by "CN=Ours stamps", for which none of the given certificates vouches`;
      expect(await problemOf(stamped, "--timestamp-ca", stranger.root)).toContain(words);
    });

    test("if it was changed, and if it is none", { tags: "slow" }, async () => {
      const copy = await copyOf(stamped);
      const [{ timestamp }] = (await envelopeOf(copy)).signatures;
      const bytes = Buffer.from(timestamp, "base64");
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      for (const changed of [bytes, Buffer.from("no time stamp")]) {
        await changeSignatures(copy, ([one]) => Object.assign(one ?? {}, { timestamp: changed.toString("base64") }));
        expect(await problemOf(copy)).toMatch(/its signature is not valid|not a reply in the format of RFC 3161/);
      }
    });

    test("if the folder has none, and one was asked for", async () => {
      const missing = await problemOf(unsigned, "--timestamp-ca", authority.root);
      expect(missing).toContain("there is no signature");
      const file = join(rehearsal.folder, "no-certificate.pem");
      await writeFile(file, "nothing");
      const bad = await rehearsal.cli("verify", stamped, "--timestamp-ca", file);
      expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining("which contains no certificate") });
    });
  });

  describe("is not accepted by sign, which then signs nothing,", () => {
    const refusal = async (answer: Answer, ...more: string[]) => {
      front.answer = answer;
      const copy = await copyOf(unsigned);
      const { code, stderr } = await signing(copy, ...more);
      expect(await filesOf(copy)).not.toContain("manifest.dsse.json");
      expect([code, stderr.trim().split("\n")]).toEqual([3, [expect.stringMatching(/; nothing was signed$/)]]);
      return stderr;
    };

    test("if the certificate of the authority had expired", { tags: "slow" }, async () => {
      const past = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"];
      const expired = await makeAuthority(join(rehearsal.folder, "expired"), "Expired", past);
      expect(await refusal(expired.reply)).toMatch(
        /no usable time stamp: the certificate of CN=Expired stamps is valid from Jan {2}1 .* 2020 GMT to Jan {2}1 .* 2021 GMT/,
      );
    });

    test("if there is no answer", async () => {
      const gone = await startFront(authority.reply);
      await gone.close();
      const copy = await copyOf(unsigned);
      const url = `${gone.url}&key=hush`;
      const { code, stderr } = await rehearsal.cli("sign", copy, "--key", files.key, "--timestamp-url", url);
      expect([code, stderr]).toEqual([3, expect.stringContaining("/stamp did not answer: ")]);
      expect(stderr).not.toContain("hush");
      expect(stderr).toContain("(ECONNREFUSED)");
      expect(await filesOf(copy)).not.toContain("manifest.dsse.json");
    });

    test("if it is redirected, and asks nobody else", { tags: "slow" }, async () => {
      const elsewhere = await startFront(authority.reply);
      for (const status of [301, 302, 307, 308]) {
        const stderr = await refusal(() => ({ status, location: elsewhere.url }));
        expect(stderr).toContain(`redirects to ${elsewhere.url}, which was not asked`);
      }
      expect(elsewhere.asked).toEqual([]);
      await elsewhere.close();
    });

    test("if the answer is an error, no reply, or the reply to another request", { tags: "slow" }, async () => {
      expect(await refusal(() => ({ status: 503 }))).toContain("answered HTTP status 503");
      expect(await refusal(async () => Buffer.from("<html>"))).toContain("not a reply in the format of RFC 3161");
      const [{ timestamp }] = (await envelopeOf(stamped)).signatures;
      expect(await refusal(async () => Buffer.from(timestamp, "base64"))).toContain("it answers another request");
      // PKIStatus rejection, without a token.
      expect(await refusal(async () => Buffer.from("30053003020102", "hex"))).toContain("refused it (status 2)");
    });

    test("if the URL cannot be used", async () => {
      for (const [url, words] of [
        ["tsa.example.com", "is no URL of a time-stamping authority"],
        ["ftp://tsa.example.com", "is no URL of a time-stamping authority"],
        ["http://user:secret@tsa.example.com", "--timestamp-url: the endpoint contains a user name or a password"],
        ["ftp://user:secret@tsa.example.com", "--timestamp-url: the endpoint contains a user name or a password"],
        ["tsa.example.com/?key=secret", "is no URL of a time-stamping authority"],
      ] as const) {
        const { code, stderr } = await rehearsal.cli("sign", unsigned, "--key", files.key, "--timestamp-url", url);
        expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
        expect(stderr).not.toContain("secret");
      }
    });
  });

  describe("checkTimestamp", () => {
    const BYTES = Buffer.from("signature");
    const certificate = async (path: string) => new X509Certificate(await readFile(path));

    test("accepts an authority of the chain or the certificate itself as what vouches, and no other certificate", {
      tags: "slow",
    }, async () => {
      const { der, nonce } = timestampRequest(BYTES);
      const reply = await authority.reply(der);
      for (const [name, isTrusted] of [
        ["root", true],
        ["stamps", true],
        ["intermediate", true],
        ["code", false],
      ] as const) {
        const authorities = [await certificate(join(authority.folder, `${name}.pem`))];
        const checked = await checkTimestamp(reply, { bytes: BYTES, authorities, nonce });
        expect([name, checked]).toMatchObject([name, { kind: "valid", isTrusted }]);
      }
    });

    test("refuses a time stamp by a certificate that is not for time stamps", { tags: "slow" }, async () => {
      const { der } = timestampRequest(BYTES);
      await writeFile(join(authority.folder, "genuine.tsr"), await authority.reply(der));
      const { openssl } = authority;
      await openssl("ts", "-reply", "-in", "genuine.tsr", "-token_out", "-out", "genuine.token");
      await openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", "genuine.token", "-out", "info.der");
      const type = ["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-binary", "-nodetach", "-outform", "DER"];
      const by = (who: string) => ["-signer", `${who}.pem`, "-inkey", `${who}.key`];
      for (const [who, expected] of [
        ["stamps", { kind: "valid", authority: "CN=Ours stamps" }],
        ["code", { kind: "invalid", problem: "the certificate of CN=Ours code is not one for time stamps alone" }],
      ] as const) {
        await openssl("cms", "-sign", "-in", "info.der", ...type, ...by(who), "-md", "sha256", "-out", "forged.token");
        const token = await readFile(join(authority.folder, "forged.token"));
        expect(await checkTimestamp(replyWith(token), { bytes: BYTES })).toMatchObject(expected);
      }
    });

    /** A reply of RFC 3161 that grants this token. */
    function replyWith(token: Buffer): Buffer {
      const content = Buffer.concat([Buffer.from("3003020100", "hex"), token]);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(content.length);
      return Buffer.concat([Buffer.from("3082", "hex"), length, content]);
    }
  });
});
