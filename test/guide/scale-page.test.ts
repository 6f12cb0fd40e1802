import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StatefulSet } from "kubernetes-models/apps/v1";
import { Job } from "kubernetes-models/batch/v1";
import { PersistentVolumeClaim, Service } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { accessesOf, REQUESTS, type Treatment } from "../../migrate/plan/estimate.js";
import { providers, resolveEndpoint } from "../../providers/index.js";
import { HAS_REDIS, REDIS_OR_WHY, startRedis } from "../cli/redis-server.js";
import { createBucket, openRehearsal, plain } from "../cli/rehearsal.js";
import { summaryOf } from "../cli/run-cli.js";
import { SWEEP_TIMEOUT_MS } from "../length.js";

const ROOT = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/scale.md", ROOT), "utf8");

const CPU_MS = { audit: 0.6, migrate: 1.6 };
/** In dollars for a thousand requests. */
function pricesOf(id: string): { readonly read: number; readonly write: number } {
  const { value } = providers[id as keyof typeof providers].requestPrices;
  if (value.kind === "not-charged") return { read: 0, write: 0 };
  const { HeadObject: read, CopyObject: write } = value.kind === "charged" ? value.perThousand : {};
  if (read === undefined || write === undefined) throw new Error(`${id} has no known prices`);
  return { read, write };
}
const WAYS: Readonly<Record<string, readonly Treatment[]>> = {
  ovhcloud: [
    "looked at by an audit",
    "read and written",
    "copied in parts, of which it has one",
    "copied in one piece",
  ],
  aws: ["looked at by an audit", "copied in one piece", "copied in one piece, from a bucket that disables ACLs"],
};

const amount = (value: number) => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });

function duration(seconds: number): string {
  const units = [
    [2 * 86_400, 86_400, "days"],
    [2 * 3600, 3600, "h"],
    [0, 60, "min"],
  ] as const;
  const [, unit, name] = units.find(([from]) => seconds >= from) ?? units[2];
  return `${amount(seconds / unit)} ${name}`;
}

const cases = Object.entries(WAYS).flatMap(([id, ways]) => {
  const { name, ceilings } = providers[id as keyof typeof providers];
  return ways.map((way) => {
    const { reads, writes } = accessesOf(REQUESTS[way]);
    const most = (ceilings.writesPerSecond.value ?? 0) / writes;
    const rate = Math.min((ceilings.readsPerSecond.value ?? 0) / reads, most);
    const cpuMs = way === "looked at by an audit" ? CPU_MS.audit : CPU_MS.migrate;
    return { id, name, way, reads, writes, rate, cpuMs };
  });
});

describe("docs/scale.md", () => {
  test("names the cores that each documented ceiling keeps busy", () => {
    expect(page).toContain(`${CPU_MS.migrate} ms of CPU time an object, and an audit ${CPU_MS.audit} ms`);
    for (const { name, way, rate, cpuMs } of cases)
      expect(page).toContain(`| ${name} | ${way} | ${amount(rate)} | ${amount((rate * cpuMs) / 1000)} |`);
  });

  test("names time, requests and core hours of 10^6, 10^8 and 10^9 objects", () => {
    for (const { id, name, way, reads, writes, rate, cpuMs } of cases) {
      for (const power of [6, 8, 9]) {
        const objects = 10 ** power;
        const { read, write } = pricesOf(id);
        const dollars = (objects / 1000) * (reads * read + writes * write) + (objects / 1e6) * write;
        const cost = dollars === 0 ? "not billed" : `$${amount(dollars)}`;
        const hours = amount((objects * cpuMs) / 3.6e6);
        expect(page).toContain(`| ${name} | ${way} | 10^${power} | ${duration(objects / rate)} | ${cost} | ${hours} |`);
      }
    }
  });

  test.runIf(HAS_REDIS)(
    `has a walk through two terminals that works${REDIS_OR_WHY}`,
    { timeout: SWEEP_TIMEOUT_MS, tags: "slow" },
    async () => {
      const section = page.split("## Two terminals")[1]?.split("\n## ")[0] ?? "";
      const commands = [...section.matchAll(/^(bucketseal (?:migrate|worker|queue) .*)$/gm)].map(([, command = ""]) =>
        command.split(" ").slice(1),
      );
      expect(commands.map(([name]) => name)).toEqual(["migrate", "worker", "queue"]);
      const [rehearsal, redis] = await Promise.all([openRehearsal(), startRedis()]);
      try {
        await createBucket(rehearsal.client, "invoices", plain(40));
        const here = (words: readonly string[] = []) =>
          words.map((word) => (word.startsWith("redis://") ? redis.url : word));
        const [migrate, worker, status] = commands.map(here);
        const coordinator = rehearsal.start(...(migrate ?? []), "--endpoint", rehearsal.sandbox.endpoint);
        await coordinator.said("waiting for workers");
        expect(await rehearsal.cli(...(status ?? []))).toMatchObject({
          code: 0,
          stdout: expect.stringContaining("migrate at http"),
        });
        const working = rehearsal.start(...(worker ?? []));
        // The bucket has no default encryption, so the run ends with 0 objects open and a warning.
        expect(await coordinator.ended).toMatchObject({ code: 0 });
        expect(await working.ended).toMatchObject({ code: 0 });
        expect((await summaryOf(join(rehearsal.folder, "run-1"))).total).toMatchObject({ listed: 40, closes: true });
        expect(await rehearsal.cli("verify", "run-1")).toMatchObject({ code: 0 });
        expect(await rehearsal.cli(...(status ?? []))).toMatchObject({ code: 0, stdout: "no run is coordinated\n" });
      } finally {
        await rehearsal.close();
        await redis.close();
      }
    },
  );
});

type Model = new (data: never) => { validate(): void };
const MODELS: Readonly<Record<string, Model>> = { Job, StatefulSet, PersistentVolumeClaim, Service };

function manifestsIn(file: string): { readonly kind: string }[] {
  const text = readFileSync(new URL(`examples/kubernetes/${file}`, ROOT), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as { readonly kind: string });
}

function validate(manifest: { readonly kind: string }): void {
  const Model = MODELS[manifest.kind];
  if (Model === undefined) throw new Error(`no schema for ${manifest.kind}`);
  new Model(manifest as never).validate();
}

describe("examples/kubernetes", () => {
  test.each(["redis.yaml", "coordinator.yaml", "workers.yaml"])("%s is valid by the schema of the API", (file) => {
    const manifests = manifestsIn(file);
    expect(manifests.length).toBeGreaterThan(0);
    for (const manifest of manifests) expect(() => validate(manifest)).not.toThrow();
  });

  test("let the workers send to the endpoint of the coordinator alone", () => {
    const place = /--provider (\S+) --region (\S+)/.exec(JSON.stringify(manifestsIn("coordinator.yaml"))) ?? [];
    const [, provider, region] = place;
    expect(resolveEndpoint(providers[provider as "aws"], { region })).toMatchObject({
      kind: "resolved",
      url: /"--endpoint","([^"]+)"/.exec(JSON.stringify(manifestsIn("workers.yaml")))?.[1],
    });
  });

  test("would be refused with a wrong value, or without what a Job needs", () => {
    const [job] = manifestsIn("workers.yaml") as unknown as {
      spec: { parallelism: unknown; template?: unknown };
      kind: string;
    }[];
    if (job === undefined) throw new Error("it has a job");
    expect(() => validate({ ...job, spec: { ...job.spec, parallelism: "eight" } } as never)).toThrow(/parallelism/);
    const { template: _, ...rest } = job.spec;
    expect(() => validate({ ...job, spec: rest } as never)).toThrow(/template/);
  });
});
