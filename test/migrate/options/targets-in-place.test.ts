import { describe, expect, test } from "vitest";
import { fields } from "../../../migrate/options/option-table.js";
import { targetsInPlace } from "../../../migrate/options/place.js";
import type { BucketTarget } from "../../../providers/index.js";

const at = (bucket: string, region: string, endpoint = `https://s3.${region}.io.cloud.ovh.net`): BucketTarget => ({
  bucketseal: 1,
  bucket,
  endpoint,
  region,
  provider: "ovhcloud",
});
const TARGETS = [at("a", "gra"), at("b", "sbg"), at("c", "gra", "http://127.0.0.1:9000")];

function pick(given: object, targets: readonly BucketTarget[] = TARGETS) {
  const problems: string[] = [];
  const picked = targetsInPlace(targets, fields.parse(given), problems).map(({ bucket }) => bucket);
  return { picked, problems };
}

describe("targetsInPlace", () => {
  test("returns all targets without a region or endpoint", () => {
    expect(pick({})).toEqual({ picked: ["a", "b", "c"], problems: [] });
  });

  test("selects targets by region, by endpoint, and by both", () => {
    expect(pick({ region: "gra" })).toEqual({ picked: ["a", "c"], problems: [] });
    expect(pick({ endpoint: "http://127.0.0.1:9000" })).toEqual({ picked: ["c"], problems: [] });
    expect(pick({ region: "gra", endpoint: "https://s3.gra.io.cloud.ovh.net" }).picked).toEqual(["a"]);
  });

  test("reports the available regions if none matches", () => {
    expect(pick({ region: "rbx" })).toEqual({
      picked: [],
      problems: ['--region: "rbx" has none of the targets: give one of gra, sbg'],
    });
  });

  test("keeps a single place, even if another region or endpoint is given", () => {
    expect(pick({ region: "rbx", endpoint: "http://127.0.0.1:9000" }, [at("a", "gra")]).picked).toEqual(["a"]);
  });
});
