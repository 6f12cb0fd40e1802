import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../sandbox/index.js";
import { findExecutable } from "../servers/programs.js";
import {
  afterStore,
  clientOf,
  createBucket,
  encryptionOf,
  environmentOf,
  openRehearsal,
  plain,
  type Rehearsal,
} from "./rehearsal.js";
import { runCli } from "./run-cli.js";

// Each starts the command line several times.
let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal();
  await createBucket(rehearsal.client, "archive", plain(3));
});
afterAll(() => rehearsal.close());

async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const portOf = (url: string) => Number(new URL(url).port);

/** Takes every host for this machine, and notes what it is asked for. */
async function startProxy({ password }: { readonly password?: string } = {}) {
  const asked: string[] = [];
  const isKnown = ({ headers }: IncomingMessage) =>
    password === undefined ||
    headers["proxy-authorization"] === `Basic ${Buffer.from(`me:${password}`).toString("base64")}`;
  const proxy = createServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (!isKnown(incoming)) {
      answer.writeHead(407).end();
      return;
    }
    const { port } = new URL(incoming.url ?? "");
    const path = (incoming.url ?? "").replace(/^http:\/\/[^/]+/, "");
    const { method, headers } = incoming;
    const onward = request({ host: "127.0.0.1", port, method, path, headers }, (received) => {
      answer.writeHead(received.statusCode ?? 0, received.rawHeaders);
      received.pipe(answer);
    });
    incoming.pipe(onward);
  });
  const sockets = new Set<Socket>();
  proxy.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    sockets.add(socket.on("error", () => undefined));
    if (!isKnown(incoming)) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const onward = connect(Number(incoming.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward.on("error", () => undefined));
  });
  const port = await listen(proxy);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.closeAllConnections();
  });
  return { asked, url: `http://127.0.0.1:${port}`, withPassword: `http://me:${password}@127.0.0.1:${port}` };
}

const audit = (endpoint: string, env: Readonly<Record<string, string>>) =>
  runCli(["audit", "s3://archive", "--endpoint", endpoint, "--region", "gra", "--quiet"], {
    folder: rehearsal.folder,
    env: { ...environmentOf(rehearsal.sandbox.credentials), ...env },
  });

describe("HTTP_PROXY", () => {
  const store = () => `http://store.test:${portOf(rehearsal.sandbox.endpoint)}`;

  test("carries every request of both clients, even if spelled in lower case", async () => {
    const { asked, url } = await startProxy();
    const ran = await audit(store(), { http_proxy: url });
    expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") });
    expect(asked.some((line) => line.startsWith(`GET ${store()}/archive`))).toBe(true);
    expect(asked.filter((line) => line.startsWith(`HEAD ${store()}/archive/plain/`))).toHaveLength(3);
  });

  test("carries a migration, and keeps keys unchanged", { tags: ["slow"] }, async () => {
    await createBucket(rehearsal.client, "proxied", [{ Key: "a/../b//c", Body: "1" }]);
    const { url } = await startProxy();
    const ran = await runCli(["migrate", "s3://proxied", "--endpoint", store(), "--region", "gra", "--quiet"], {
      folder: rehearsal.folder,
      env: { ...environmentOf(rehearsal.sandbox.credentials), HTTP_PROXY: url },
    });
    expect(ran.code).toBe(0);
    expect(await encryptionOf(rehearsal.client, "proxied")).toEqual({ "a/../b//c": "AES256" });
  });

  test("is not used for a host in NO_PROXY, nor for this machine", async () => {
    const { asked, url } = await startProxy();
    const ran = await audit(store(), { HTTP_PROXY: url, NO_PROXY: "test" });
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("cannot be reached (E") });
    expect((await audit(rehearsal.sandbox.endpoint, { HTTP_PROXY: url })).code).toBe(0);
    expect(asked).toEqual([]);
  });

  test("appears without its password in the error if it refuses, is unreachable or not HTTP", async () => {
    const { url } = await startProxy({ password: "hunter2-secret" });
    const refused = await audit(store(), { HTTP_PROXY: url });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(/through the proxy .*HTTP 407/) });
    const gone = await audit(store(), { HTTP_PROXY: "http://me:hunter2-secret@127.0.0.1:1" });
    expect(gone).toMatchObject({ code: 3, stderr: expect.stringMatching(/ECONNREFUSED.*the proxy 127\.0\.0\.1:1/s) });
    const socks = await audit(store(), { HTTP_PROXY: "socks5://me:hunter2-secret@127.0.0.1:1" });
    expect(socks).toMatchObject({ code: 2, stderr: expect.stringContaining('uses the scheme "socks5"') });
    for (const { stderr } of [refused, gone, socks]) expect(stderr).not.toContain("hunter2");
  });
});

describe.skipIf(findExecutable("openssl") === undefined)("a store with a private CA", () => {
  const folder = mkdtempSync(join(tmpdir(), "bucketseal-ca-"));
  const at = (name: string) => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  beforeAll(() => {
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
    const quick = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    for (const ca of ["ca", "other"]) {
      openssl(
        "req",
        "-x509",
        ...quick,
        "-days",
        "2",
        "-subj",
        `/CN=${ca}`,
        "-keyout",
        at(`${ca}.key`),
        "-out",
        at(`${ca}.pem`),
      );
    }
    openssl("req", ...quick, "-subj", "/CN=store.test", "-keyout", at("store.key"), "-out", at("store.csr"));
    writeFileSync(at("names"), "subjectAltName=DNS:store.test,IP:127.0.0.1,IP:::1");
    const by = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at("names")];
    openssl("x509", "-req", "-in", at("store.csr"), ...by, "-out", at("store.pem"));
  });

  /** The sandbox behind TLS. */
  async function startTls(): Promise<number> {
    const files = { key: readFileSync(at("store.key")), cert: readFileSync(at("store.pem")) };
    const server = createTlsServer(files, (incoming, answer) => {
      const { method, url: path, headers } = incoming;
      const to = { host: "127.0.0.1", port: portOf(rehearsal.sandbox.endpoint), method, path, headers };
      incoming.pipe(
        request(to, (received) => {
          answer.writeHead(received.statusCode ?? 0, received.rawHeaders);
          received.pipe(answer);
        }),
      );
    });
    onTestFinished(() => server.closeAllConnections());
    return listen(server);
  }

  test("is trusted through AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS only", { tags: ["slow"] }, async () => {
    const endpoint = `https://127.0.0.1:${await startTls()}`;
    expect((await audit(endpoint, { NODE_EXTRA_CA_CERTS: at("ca.pem") })).code).toBe(0);
    expect((await audit(endpoint, { AWS_CA_BUNDLE: at("other.pem"), NODE_EXTRA_CA_CERTS: at("ca.pem") })).code).toBe(0);
    const untrusted = await audit(endpoint, { AWS_CA_BUNDLE: at("other.pem") });
    expect(untrusted).toMatchObject({ code: 3, stderr: expect.stringContaining("cannot be trusted") });
    const none = await audit(endpoint, { AWS_CA_BUNDLE: at("store.key") });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("which contains no certificate") });
    const absent = await audit(endpoint, { AWS_CA_BUNDLE: at("absent") });
    expect(absent).toMatchObject({ code: 2, stderr: expect.stringContaining("which does not exist") });
  });

  test("is reached only through the HTTPS_PROXY tunnel, which needs its password", { tags: ["slow"] }, async () => {
    const { asked, url, withPassword } = await startProxy({ password: "hunter2-secret" });
    const endpoint = `https://store.test:${await startTls()}`;
    const env = { AWS_CA_BUNDLE: at("ca.pem") };
    const refused = await audit(endpoint, { ...env, HTTPS_PROXY: url });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringMatching(/ProxyRefused: the proxy .*HTTP 407/) });
    expect((await audit(endpoint, { ...env, HTTPS_PROXY: withPassword })).code).toBe(0);
    expect(new Set(asked)).toEqual(new Set([`CONNECT ${new URL(endpoint).host}`]));
  });

  test("is reported as expecting https if the endpoint says http", async () => {
    const ran = await audit(`http://127.0.0.1:${await startTls()}`, {});
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toMatch(/expects https|if it expects TLS, use https/);
    expect(ran.stderr).not.toMatch(/SSL routines|HPE_|Parse Error|\$response/);
  });
});

test("a redirect to https is reported with the hint to change the scheme", async () => {
  const server = createServer((_, answer) => void answer.writeHead(301, { location: "https://store.test/" }).end());
  onTestFinished(() => server.closeAllConnections());
  const ran = await audit(`http://127.0.0.1:${await listen(server)}`, {});
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  expect(ran.stderr).toMatch(/^error: http:\S+ expects https \(it redirects to https\): change the scheme/);
});

test("an IPv6 endpoint works for both clients", { tags: ["slow"] }, async () => {
  const sandbox = await startSandbox({ host: "::1" });
  onTestFinished(() => sandbox.close());
  expect(sandbox.endpoint).toMatch(/^http:\/\/\[::1\]:\d+$/);
  const client = clientOf(sandbox);
  onTestFinished(() => client.destroy());
  await createBucket(client, "archive", plain(3));
  const ran = await runCli(["migrate", "s3://archive", "--endpoint", sandbox.endpoint, "--region", "gra", "--quiet"], {
    folder: rehearsal.folder,
    env: environmentOf(sandbox.credentials),
  });
  expect(ran.code).toBe(0);
  expect(Object.values(await encryptionOf(client, "archive"))).toEqual(["AES256", "AES256", "AES256"]);
});

describe("credentials", () => {
  const withConfig = async (config: string, more: Readonly<Record<string, string>> = {}, args: string[] = []) => {
    const folder = mkdtempSync(join(tmpdir(), "bucketseal-aws-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
    mkdirSync(join(folder, ".aws"));
    writeFileSync(join(folder, ".aws", "config"), config);
    const command = ["audit", "s3://archive", ...rehearsal.place, "--quiet", ...args];
    return runCli(command, { folder, env: { ...more } });
  };
  const sso =
    "[profile mine]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n[sso-session s]\nsso_start_url=https://x.test/start\nsso_region=eu-west-1\n";
  const role = "[profile mine]\nrole_arn=arn:aws:iam::123456789012:role/x\n";

  test.each([
    ["an SSO session that is not there", sso, /aws sso login/],
    [
      "a program that fails",
      "[profile mine]\ncredential_process = sh -c 'echo the vault is sealed >&2; exit 3' hidden-word\n",
      /credential_process failed: the vault is sealed/,
    ],
    [
      "MFA",
      `${role}source_profile=base\nmfa_serial=arn:aws:iam::1:mfa/me\n[profile base]\naws_access_key_id=A\naws_secret_access_key=b\n`,
      /multi-factor authentication/,
    ],
    ["a source that is unknown", `${role}source_profile=nope\n`, /\[nope\]/],
  ])("report the reason if they fail for %s", async (_, config, words) => {
    const ran = await withConfig(config, { AWS_PROFILE: "mine" });
    expect(ran).toMatchObject({ code: 3, stdout: "", stderr: expect.stringMatching(words) });
    expect(ran.stderr).toMatch(/^error: [^\n]+\n$/);
    expect(ran.stderr).not.toContain("hidden-word");
  });

  test("come from --profile first, then from the environment, then from AWS_PROFILE", async () => {
    const { accessKeyId, secretAccessKey } = rehearsal.sandbox.credentials;
    const wrong = "[profile mine]\naws_access_key_id=UNKNOWN\naws_secret_access_key=wrong-secret\n";
    const env = { ...environmentOf({ accessKeyId, secretAccessKey }), AWS_PROFILE: "mine" };
    expect((await withConfig(wrong, env)).code).toBe(0);
    const named = await withConfig(wrong, env, ["--profile", "mine"]);
    expect(named).toMatchObject({ code: 3, stderr: expect.stringContaining("InvalidAccessKeyId") });
  });
});

const openssl = findExecutable("openssl");

if (openssl === undefined) {
  test.skip("audit rejects a self-signed certificate (skipped: openssl is not on the PATH)", () => undefined);
} else {
  test("audit rejects a self-signed certificate with one message, before it sends a request", {
    tags: ["slow"],
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "bucketseal-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", key, "-out", cert];
    execFileSync(openssl, ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, ...files], {
      stdio: "ignore",
    });
    let requests = 0;
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, answer) => {
      requests += 1;
      answer.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const audit = ["audit", "s3://archive", "--endpoint", endpoint, "--region", "gra"];
    const env = { AWS_ACCESS_KEY_ID: "KEY", AWS_SECRET_ACCESS_KEY: "secret" };

    const untrusted = await runCli(audit, { folder, env });
    expect(untrusted).toMatchObject({ code: 3, stdout: "" });
    expect(afterStore(untrusted.stderr)).toMatch(
      /^error: [^\n]* cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT[^\n]*NODE_EXTRA_CA_CERTS [^\n]*\n$/,
    );
    expect(requests).toBe(0);

    const trusted = await runCli(audit, { folder, env: { ...env, NODE_EXTRA_CA_CERTS: cert } });
    expect(trusted.stderr).not.toContain("cannot be trusted");
    expect(requests).toBeGreaterThan(0);
  });
}
