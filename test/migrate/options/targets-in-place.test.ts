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

describe("targets in several places", () => {
  test("are all taken where nothing picks any, so that a run can name the places", () => {
    expect(pick({})).toEqual({ picked: ["a", "b", "c"], problems: [] });
  });

  test("are picked by region, by endpoint, and by both", () => {
    expect(pick({ region: "gra" })).toEqual({ picked: ["a", "c"], problems: [] });
    expect(pick({ endpoint: "http://127.0.0.1:9000" })).toEqual({ picked: ["c"], problems: [] });
    expect(pick({ region: "gra", endpoint: "https://s3.gra.io.cloud.ovh.net" }).picked).toEqual(["a"]);
  });

  test("are refused where none is in the region, with the regions that there are", () => {
    expect(pick({ region: "rbx" })).toEqual({
      picked: [],
      problems: ['--region: "rbx" has none of the targets: give one of gra, sbg'],
    });
  });

  test("are left alone where they are in one place: a region or endpoint given there stands in for theirs", () => {
    expect(pick({ region: "rbx", endpoint: "http://127.0.0.1:9000" }, [at("a", "gra")]).picked).toEqual(["a"]);
  });
});
