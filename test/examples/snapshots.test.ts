import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { synthesise } from "./synthesise.js";

const folders = readdirSync(fileURLToPath(new URL("../../examples", import.meta.url)), { withFileTypes: true });
const names = folders.filter((each) => each.isDirectory()).map(({ name }) => name);

describe("each example", () => {
  it.each(names)("%s synthesises the Terraform JSON of its snapshot", async (name) => {
    const text = `${JSON.stringify(await synthesise(name), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`snapshots/${name}.json`);
  });
});
