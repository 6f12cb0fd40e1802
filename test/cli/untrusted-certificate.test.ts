import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findExecutable } from "../servers/programs.js";
import { runCli } from "./run-cli.js";

const openssl = findExecutable("openssl");

if (openssl === undefined) {
  test.skip("audit rejects a self-signed certificate (skipped: openssl is not on the PATH)", () => undefined);
} else {
  test("audit rejects a self-signed certificate with one message, before it sends a request", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bucketseal-tls-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", key, "-out", cert];
    execFileSync(openssl, ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, ...files], {
      stdio: "ignore",
    });
    let requests = 0;
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, answer) => {
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
    expect(untrusted.stderr).toMatch(
      /^error: [^\n]* cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT[^\n]*NODE_EXTRA_CA_CERTS\n$/,
    );
    expect(requests).toBe(0);

    const trusted = await runCli(audit, { folder, env: { ...env, NODE_EXTRA_CA_CERTS: cert } });
    expect(trusted.stderr).not.toContain("cannot be trusted");
    expect(requests).toBeGreaterThan(0);
  });
}
