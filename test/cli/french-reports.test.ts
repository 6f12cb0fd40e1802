import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, environmentOf, openRehearsal, plain, plaintextOf, type Rehearsal } from "./rehearsal.js";
import { runCli } from "./run-cli.js";

describe("reports in French", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    await createBucket(rehearsal.client, "archive", plain(3));
  });
  afterAll(() => rehearsal.close());

  const fileOf = (run: string, name: string) => readFile(join(rehearsal.folder, run, name), "utf8");
  const titles = async (run: string) => (await fileOf(run, "report.md")).split("\n", 1)[0];
  const audit = (out: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    runCli(["audit", "s3://archive", ...rehearsal.place, "--out", out, "--format", "html,md,csv", ...args], {
      folder: rehearsal.folder,
      env: { ...environmentOf(rehearsal.sandbox.credentials), ...env },
    });

  test("migrate --lang fr encrypts, writes French reports that verify, and prints English", {
    tags: ["slow"],
  }, async () => {
    const ran = await rehearsal.cli(
      "migrate",
      "s3://archive",
      ...rehearsal.place,
      "--yes",
      "--lang",
      "fr",
      "--out",
      "fr",
    );
    expect(ran.stdout).toContain("0 of 3 objects remain unencrypted");
    expect(await plaintextOf(rehearsal.client, "archive")).toEqual([]);
    const page = await fileOf("fr", "report.html");
    expect(page).toContain('<html lang="fr">');
    expect(page).toContain("0 objet sur 3 reste sans chiffrement");
    expect(await titles("fr")).toBe("# Rapport de chiffrement");
    expect(JSON.parse(await fileOf("fr", "run.json"))).toMatchObject({
      settings: { lang: "fr" },
      options: { lang: "fr" },
    });
    expect(await fileOf("fr", "report.csv")).toMatch(/^bucket,key,/);
    expect(await rehearsal.cli("verify", "fr")).toMatchObject({ code: 0, stderr: "" });
  });

  test("report makes them again in the language of the run, or in the one that is given", async () => {
    await audit("again", {});
    const english = await fileOf("again", "report.html");
    expect(await rehearsal.cli("report", "again", "--format", "html", "--lang", "fr")).toMatchObject({ code: 0 });
    expect(await fileOf("again", "report.html")).toContain('<html lang="fr">');
    expect(await titles("again")).toBe("# Encryption audit");
    expect(await rehearsal.cli("verify", "again")).toMatchObject({ code: 0 });
    await rehearsal.cli("report", "again", "--format", "html");
    expect(await fileOf("again", "report.html")).toBe(english);
  });

  test("the locale of messages chooses French, LC_ALL before the others, and --lang before all", async () => {
    await audit("lang", { LANG: "fr_CA.UTF-8" });
    await audit("c", { LANG: "fr_FR.UTF-8", LC_ALL: "C" });
    await audit("frisian", { LANG: "fry_NL.UTF-8" });
    await audit("given", { LC_MESSAGES: "fr_FR" }, "--lang", "en");
    const found = await Promise.all(["lang", "c", "frisian", "given"].map(titles));
    expect(found).toEqual(["# Audit de chiffrement", ...Array.from({ length: 3 }, () => "# Encryption audit")]);
    expect((JSON.parse(await fileOf("c", "run.json")) as { settings: object }).settings).not.toHaveProperty("lang");
  });

  test("another language is an error that names those that there are", async () => {
    const words = '--lang: "de" is not allowed: give one of en, fr';
    expect(await audit("de", {}, "--lang", "de")).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
    const again = await rehearsal.cli("report", "lang", "--lang", "de");
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
  });
});
