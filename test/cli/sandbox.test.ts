import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOf, createBucket } from "./rehearsal.js";
import { type Running, runCli, startCli } from "./run-cli.js";

/** Below the ports that systems hand out by themselves, such as those of the servers and clients of other tests. */
const anyPort = () => String(20_000 + Math.floor(Math.random() * 12_000));

describe("bucketseal sandbox", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bucketseal-sandbox-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  const stop = async (running: Running) => {
    running.kill("SIGINT");
    return running.ended;
  };

  /** Starts it, and reads what it tells a shell to export. */
  async function serve(...flags: readonly string[]) {
    const running = startCli(["sandbox", ...flags], { folder });
    const printed = running.ended.then(({ stdout }) => stdout);
    await running.said("stop it with Ctrl-C");
    return { running, printed };
  }

  function exported(stdout: string): Record<string, string> {
    return Object.fromEntries(
      [...stdout.matchAll(/(AWS_[A-Z_]+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
    );
  }

  test("serves at the printed endpoint, keeps objects with --data, and exits with 0 on SIGINT", {
    tags: ["slow"],
  }, async () => {
    const port = anyPort();
    const flags = ["--port", port, "--data", join(folder, "data")];
    const { running } = await serve(...flags);
    const taken = await runCli(["sandbox", "--port", port], { folder });
    expect(taken).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `error: --port: ${port} is in use: give another, or 0 for any free one\n`,
    });
    const credentials = { accessKeyId: "SANDBOXKEY", secretAccessKey: "sandbox-secret-for-this-machine-only" };
    const endpoint = `http://127.0.0.1:${port}`;
    const client = clientOf({ endpoint, region: "gra", credentials });
    await createBucket(client, "kept", [{ Key: "a", Body: "kept over a restart" }]);
    const first = await stop(running);
    expect(first).toMatchObject({ code: 0, stderr: "stop it with Ctrl-C\n" });
    expect(exported(first.stdout)).toEqual({
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: "gra",
      AWS_DEFAULT_REGION: "gra",
      AWS_ENDPOINT_URL: endpoint,
    });
    const again = await serve(...flags);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "kept", Key: "a" }));
    expect(await Body?.transformToString()).toBe("kept over a restart");
    expect(await stop(again.running)).toMatchObject({ code: 0 });
    client.destroy();
  });

  test("injects a fault into about one request in ten with --chaos, and into none without", {
    tags: "slow",
  }, async () => {
    const count = 150;
    /** For a bucket that does not exist, so that what meets no fault is answered NoSuchBucket. */
    const faultsAmong = async (flags: readonly string[]) => {
      const port = anyPort();
      const { running, printed } = await serve("--port", port, ...flags);
      let faults = 0;
      for (let index = 0; index < count; index += 1) {
        const answered = await fetch(`http://127.0.0.1:${port}/bucket/${index}`)
          .then((answer) => answer.text())
          .catch(() => "cut off");
        if (!answered.includes("<Code>NoSuchBucket</Code>")) faults += 1;
      }
      await stop(running);
      return { faults, said: (await printed).includes("one request in ten gets a fault, by seed 7") };
    };
    expect(await faultsAmong([])).toEqual({ faults: 0, said: false });
    const chaotic = await faultsAmong(["--chaos", "7"]);
    expect(chaotic.said).toBe(true);
    expect(chaotic.faults).toBeGreaterThan(2);
    expect(chaotic.faults).toBeLessThan(count / 4);
  });

  test("accepts only requests that are signed for the region of --region", async () => {
    const port = anyPort();
    const { running, printed } = await serve("--region", "eu-west-par", "--port", port);
    const credentials = { accessKeyId: "SANDBOXKEY", secretAccessKey: "sandbox-secret-for-this-machine-only" };
    const place = { endpoint: `http://127.0.0.1:${port}`, credentials };
    const [near, far] = [clientOf({ ...place, region: "eu-west-par" }), clientOf({ ...place, region: "gra" })];
    await createBucket(near, "paris", []);
    await expect(createBucket(far, "gravelines", [])).rejects.toMatchObject({ name: "AuthorizationHeaderMalformed" });
    near.destroy();
    far.destroy();
    await stop(running);
    expect(exported(await printed)).toMatchObject({ AWS_REGION: "eu-west-par", AWS_DEFAULT_REGION: "eu-west-par" });
  });

  test("rejects an invalid port, region and seed together", async () => {
    const refused = await runCli(["sandbox", "--port", "x", "--region", "Paris!", "--chaos", "1.5"], { folder });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain('--port: "x" is not allowed');
    expect(refused.stderr).toContain('--region: "Paris!" is not allowed');
    expect(refused.stderr).toContain('--chaos: "1.5" is not allowed: give a whole number');
  });
});
