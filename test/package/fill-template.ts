import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a template's files as the `init` of its command line does, without what that installs. */
export async function fillTemplate(template: string, folder: string): Promise<void> {
  for (const name of (await readdir(template)).filter((each) => !/^\{\{|^\.hooks|^help$/.test(each))) {
    await cp(join(template, name), join(folder, name), { recursive: true });
  }
  for (const name of ["package.json", "cdktf.json"]) {
    const text = await readFile(join(folder, name), "utf8");
    const filled = text.replace("{{ $base }}", "template").replace("{{futureFlags}}", "");
    await writeFile(join(folder, name), filled.replace(/\{\{\w+\}\}/g, "none"));
  }
}
