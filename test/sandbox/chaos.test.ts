import { describe, expect, test } from "vitest";
import { CHAOS_FAULTS, type ChaosFault, chaos, type Fault, type InterceptedRequest } from "../../sandbox/index.js";
import { start } from "./client.js";
import { codeOf, sendSigned } from "./signed-requests.js";

const NAMES = Object.keys(CHAOS_FAULTS) as ChaosFault[];
const COPY = { operation: "CopyObject", bucket: "b", method: "PUT" };

/** What the calls of an operation on some keys meet, in the order in which they come. */
async function played(
  seed: number,
  requests: readonly InterceptedRequest[],
  rates?: Partial<Record<ChaosFault, number>>,
) {
  const intercept = chaos({ seed, ...(rates && { rates }) });
  const faults: [string, Fault | undefined][] = [];
  for (const request of requests) faults.push([request.key, await intercept(request)]);
  return faults;
}

const keys = (count: number): InterceptedRequest[] =>
  Array.from({ length: count }, (_, index) => ({ ...COPY, key: `key-${index}` }));

const ofKey = (faults: readonly (readonly [string, unknown])[], key: string) =>
  faults.filter(([of]) => of === key).map(([, fault]) => fault);

describe("chaos", () => {
  test("plays the same faults for the same seed, whatever the order of calls on other keys", async () => {
    const requests = [...keys(50), ...keys(50), ...keys(50)];
    const rates = { "slow-down": 0.2, "reset-after": 0.2 };
    const forwards = await played(7, requests, rates);
    const backwards = await played(7, requests.toReversed(), rates);
    for (const { key } of keys(50)) expect(ofKey(backwards, key)).toEqual(ofKey(forwards, key));
  });

  test("plays other faults for another seed, for another operation, and for the next call", async () => {
    const rates = { "slow-down": 0.5 };
    const one = await played(1, keys(64), rates);
    expect(await played(2, keys(64), rates)).not.toEqual(one);
    const heads = keys(64).map((request) => ({ ...request, operation: "HeadObject" }));
    expect(await played(1, heads, rates)).not.toEqual(one);
    const twice = await played(1, [...keys(64), ...keys(64)], rates);
    expect(twice.slice(0, 64)).toEqual(one);
    expect(twice.slice(64)).not.toEqual(one);
  });

  test.each(NAMES)("plays %s about as often as configured, and nothing else", async (name) => {
    const seen: ChaosFault[] = [];
    const intercept = chaos({ seed: 1, rates: { [name]: 0.1 }, onFault: (fault) => seen.push(fault) });
    for (const request of keys(2000)) await intercept(request);
    expect(new Set(seen)).toEqual(new Set([name]));
    expect(seen.length).toBeGreaterThan(140);
    expect(seen.length).toBeLessThan(260);
  });

  test("plays every fault by default, and spares most requests", async () => {
    const seen: ChaosFault[] = [];
    const intercept = chaos({ seed: 1, onFault: (fault) => seen.push(fault) });
    for (const request of keys(2000)) await intercept(request);
    expect(new Set(seen)).toEqual(new Set(NAMES));
    expect(seen.length).toBeLessThan(300);
  });

  test("sends an error in a 200, or a conflict, only if S3 would", async () => {
    const heads = keys(300).map((request) => ({ ...request, operation: "HeadObject", method: "HEAD" }));
    for (const name of ["error-in-success", "conflict"] as const) {
      expect((await played(1, heads, { [name]: 1 })).filter(([, fault]) => fault !== undefined)).toEqual([]);
      expect((await played(1, keys(3), { [name]: 1 })).filter(([, fault]) => fault === undefined)).toEqual([]);
    }
  });

  test.each([
    [{ conflict: 1.1 }],
    [{ conflict: -0.1 }],
    [{ conflict: 0.6, "slow-down": 0.6 }],
    [{ conflict: Number.NaN }],
  ])("rejects invalid rates: %j", (rates) => expect(() => chaos({ seed: 1, rates })).toThrow(RangeError));

  test.each([
    ["expired-token", 400, "ExpiredToken"],
    ["clock-skew", 403, "RequestTimeTooSkewed"],
    ["slow-down", 503, "SlowDown"],
  ] as const)("answers HEAD under %s with a bare %i, and GET with %s", async (name, status, code) => {
    const intercept = chaos({ seed: 1, rates: { [name]: 1 } });
    const { sandbox } = await start({ intercept: (request) => (request.key === "" ? undefined : intercept(request)) });
    const head = await sendSigned(sandbox, { method: "HEAD", path: "/bucket/k" });
    expect([head.status, head.body]).toEqual([status, ""]);
    const get = await sendSigned(sandbox, { path: "/bucket/k" });
    expect([get.status, codeOf(get)]).toEqual([status, code]);
  });
});
