import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GivenOptions } from "../../../migrate/index.js";
import { resolveOptions } from "../../../migrate/options/resolve-options.js";
import { objectUrl, parseEndpoint } from "../../../migrate/store/lean/url.js";

describe("bucket addressing", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bucketseal-path-style-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function declaredAt(endpoint: string, given: GivenOptions) {
    const targets = join(folder, "outputs.json");
    const value = { bucketseal: 1, bucket: "archive", endpoint, region: "gra", provider: "ovhcloud" };
    await writeFile(targets, JSON.stringify({ bucketseal_archive: { value } }));
    return resolveOptions({ targets, ...given });
  }

  test("uses the host on the endpoint of the provider, and the path on other declared endpoints", async () => {
    const own = await declaredAt("https://s3.gra.io.cloud.ovh.net", { provider: "ovhcloud" });
    expect(own).toMatchObject({ pathStyle: false });
    const endpoint = "https://s3.example.com";
    expect(await declaredAt(endpoint, { endpoint })).toMatchObject({ pathStyle: true });
    await expect(declaredAt(endpoint, {})).rejects.toThrow(`--targets names the endpoint ${endpoint}`);
    await expect(declaredAt(endpoint, { provider: "ovhcloud" })).rejects.toThrow(
      "is declared at https://s3.example.com",
    );
  });

  test("uses the path if the host is an IP address, even if virtual hosts are requested", () => {
    for (const host of ["127.0.0.1", "[::1]"]) {
      const { host: asked, path } = objectUrl(parseEndpoint(`http://${host}:9000`, false), "archive", "a/b");
      expect([asked, path]).toEqual([host, "/archive/a/b"]);
    }
    const named = objectUrl(parseEndpoint("https://s3.example.com", false), "archive", "a/b");
    expect(named).toEqual({ host: "archive.s3.example.com", path: "/a/b" });
  });
});
