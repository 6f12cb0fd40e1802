export type Step =
  | { readonly kind: "commands"; readonly text: string }
  | { readonly kind: "file"; readonly name: string; readonly text: string };

/** What a section of a page tells its reader to run and to write, in its order: indented lines, and code under a line that names a file. */
export function readmeSteps(markdown: string, title: string): Step[] {
  const [, section] = new RegExp(`^## ${title}\\n(.*?)^## `, "ms").exec(markdown) ?? [];
  if (section === undefined) throw new Error(`there is no section "${title}"`);
  const found = section.matchAll(/(?:^ {4}.*\n(?:\n(?= {4}))?)+|^(\S+):\n\n```ts\n([\s\S]*?)^```$/gm);
  return [...found].map(([whole, name, text]) =>
    name === undefined || text === undefined
      ? { kind: "commands", text: whole.replaceAll(/^ {4}/gm, "") }
      : { kind: "file", name, text },
  );
}
