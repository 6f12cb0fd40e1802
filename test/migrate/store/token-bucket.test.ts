import { describe, expect, test } from "vitest";
import { TokenBucket } from "../../../migrate/store/token-bucket.js";

function bucketOf(ratePerSecond: number) {
  const clock = { ms: 0 };
  return { clock, bucket: new TokenBucket(ratePerSecond, () => clock.ms) };
}

describe("a token bucket", () => {
  test("lets one second's worth go at once, and the rest at its rate", () => {
    const { bucket } = bucketOf(10);
    const waits = Array.from({ length: 13 }, () => bucket.reserve());
    expect(waits.slice(0, 10)).toEqual(Array(10).fill(0));
    expect(waits.slice(10)).toEqual([100, 200, 300]);
  });

  test("fills up again while nobody takes, to no more than one second's worth", () => {
    const { bucket, clock } = bucketOf(10);
    for (let n = 0; n < 10; n += 1) bucket.reserve();
    clock.ms = 500;
    expect(Array.from({ length: 6 }, () => bucket.reserve())).toEqual([0, 0, 0, 0, 0, 100]);
    clock.ms = 3_600_000;
    expect(Array.from({ length: 11 }, () => bucket.reserve())).toEqual([...Array(10).fill(0), 100]);
  });

  test("never hands out more than its rate over any length of time", () => {
    const { bucket, clock } = bucketOf(50);
    let usedAt: number[] = [];
    for (let n = 0; n < 1000; n += 1) {
      usedAt.push(clock.ms + bucket.reserve());
      clock.ms += n % 7;
    }
    usedAt = usedAt.toSorted((left, right) => left - right);
    for (const at of usedAt) {
      const inNextSecond = usedAt.filter((other) => other >= at && other < at + 1000).length;
      expect(inNextSecond).toBeLessThanOrEqual(100);
    }
    expect((usedAt.at(-1) ?? 0) / 1000).toBeGreaterThanOrEqual((1000 - 50) / 50 - 0.1);
  });

  test("of less than one a second still hands out one", () => {
    const { bucket } = bucketOf(0.5);
    expect([bucket.reserve(), bucket.reserve()]).toEqual([0, 2000]);
  });

  test("keeps nobody waiting whose run was interrupted, and everybody else", async () => {
    const bucket = new TokenBucket(1, () => 0);
    await bucket.take();
    const controller = new AbortController();
    const interrupted = bucket.take(controller.signal);
    const other = bucket.take().then(() => "waited");
    controller.abort();
    await interrupted;
    expect(await Promise.race([other, new Promise((resolve) => setTimeout(resolve, 50, "still waiting"))])).toBe(
      "still waiting",
    );
  });
});
