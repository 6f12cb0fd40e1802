import { describe, expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { GivenOptions } from "../../../migrate/index.js";
import type { RunLock } from "../../../migrate/journal/run-lock.js";
import { helpWords } from "../../../migrate/options/declaration.js";
import { type Fields, fields, flagName, OPTIONS } from "../../../migrate/options/option-table.js";
import { openSession, refuseOtherRun } from "../../../migrate/run/session.js";

const NAMES = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
type Accepted = z.input<typeof fields>;
type RunRecord = Parameters<typeof refuseOtherRun>[2];

describe("the option table", () => {
  test("has the options of the documented interface, and accepts every value that its types allow", () => {
    expectTypeOf<Exclude<keyof Accepted, keyof GivenOptions>>().toEqualTypeOf<never>();
    expectTypeOf<Exclude<keyof GivenOptions, keyof Accepted>>().toEqualTypeOf<never>();
    expectTypeOf<GivenOptions>().toExtend<{ readonly [K in keyof Accepted]?: Readonly<Accepted[K]> }>();
    expectTypeOf<Fields["race"]>().toEqualTypeOf<"auto" | "strict" | "off">();
    expectTypeOf<Fields["assume"]>().toEqualTypeOf<"documented" | undefined>();
  });

  test("fills in the defaults that it names, and leaves other options out", () => {
    const declared = NAMES.filter((name) => "default" in OPTIONS[name]);
    expect(Object.keys(fields.parse({})).sort()).toEqual([...declared].sort());
    expect(fields.parse({})).toMatchObject({ concurrency: 1024, partSize: 512 * 2 ** 20, canary: true, race: "auto" });
  });

  test("reports every bad value together, in its own order", () => {
    const bad = Object.fromEntries([...NAMES].reverse().map((name) => [name, Symbol("bad")]));
    const { error } = fields.safeParse(bad);
    const reported = [...new Set(error?.issues.map(({ path }) => path[0]))];
    const uncheckable = ["credentials", "network", "signal", "onEvent"];
    expect(reported).toEqual(NAMES.filter((name) => !uncheckable.includes(name)));
  });

  test.each([
    ["race", "--race"],
    ["readsPerSecond", "--reads-per-second"],
    ["formats", "--format"],
    ["storageClasses", "--storage-class"],
    ["canary", "--canary"],
    ["credentials", "--credentials"],
    ["toString", "--to-string"],
  ])("spells %s as %s in messages", (name, flag) => expect(flagName(name)).toBe(flag));

  test.each([
    ["concurrency", "the most objects processed at the same time (default: 1024)"],
    ["readsPerSecond", "limit of read requests (default: the provider's documented limit)"],
    ["race", OPTIONS.race.help],
    ["include", OPTIONS.include.help],
    ["setDefault", OPTIONS.setDefault.help],
  ] as const)("ends the help of %s with its default, unless there is nothing to add", (name, help) =>
    expect(helpWords(OPTIONS[name])).toBe(help),
  );
});

const RENEWABLE = [
  "allowEmpty",
  "baseline",
  "concurrency",
  "confirm",
  "confirmPlan",
  "countAhead",
  "credentials",
  "failOn",
  "manifest",
  "network",
  "onEvent",
  "profile",
  "publicKey",
  "queue",
  "queuePassword",
  "queuePasswordFile",
  "queuePrefix",
  "queueUsername",
  "readsPerSecond",
  "sign",
  "signPassphrase",
  "signPassphraseFile",
  "signal",
  "ssecKeyFile",
  "toKeyFile",
  "workers",
  "writesPerSecond",
  "yes",
];
const PLACE = ["endpoint", "provider", "region"];
/** The two that resume a run. */
const FOLDER = ["out", "resume"];

describe("a resumed run", () => {
  const accepts = (name: string) => {
    try {
      refuseOtherRun("audit", { [name]: "another" }, { command: "audit", options: { [name]: "one" } } as RunRecord);
      return true;
    } catch {
      return false;
    }
  };

  test("accepts new values for speed, credentials and key files, and for the place that is compared later", () => {
    expect(NAMES.filter(accepts).sort()).toEqual([...RENEWABLE, ...PLACE, ...FOLDER].sort());
  });

  test("refuses another value for anything else, naming the option and the value of the run", () => {
    const earlier = { command: "migrate", options: { race: "strict" } } as unknown as RunRecord;
    expect(() => refuseOtherRun("migrate", { race: "off", minSize: 1 }, earlier)).toThrow(
      expect.objectContaining({
        problems: [
          'a resumed run keeps its options, and race was "strict": leave it out, or start a new run',
          "a resumed run keeps its options, and minSize was not given: leave it out, or start a new run",
        ],
      }),
    );
    expect(() => refuseOtherRun("migrate", { race: "strict" }, earlier)).not.toThrow();
  });
});

describe("the recorded settings", () => {
  const recorded = async (given: object) => {
    const place = { locations: ["s3://bucket"], provider: "ovhcloud", region: "gra" } as const;
    const session = await openSession("migrate", { ...place, ...given }, {} as RunLock, new Date(0));
    return session.written;
  };

  test("hold what was asked for, and not what was left to its default", async () => {
    expect(await recorded({ race: "off", dryRun: true })).toEqual({
      locations: ["s3://bucket"],
      provider: "ovhcloud",
      region: "gra",
      race: "off",
      dryRun: true,
      pathStyle: false,
    });
  });

  test("never hold a secret, nor what is of this process alone, nor a name that is no option", async () => {
    const secret = "hunter2";
    const written = await recorded({
      credentials: { accessKeyId: secret, secretAccessKey: secret },
      signPassphrase: secret,
      network: { httpsProxy: `http://user:${secret}@proxy:1` },
      secretAccessKey: secret,
      confirm: () => true,
      onEvent: () => undefined,
      signal: new AbortController().signal,
      countAhead: true,
      yes: false,
    });
    expect(JSON.stringify(written)).not.toContain(secret);
    expect(Object.keys(written)).toEqual(["locations", "provider", "region", "pathStyle"]);
  });
});
