/** What the blocks of a PEM text say that they hold, such as `PRIVATE KEY`. */
export function pemLabels(text: string): readonly string[] {
  return [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,64})-----\s*$/gm)].map(([, label = ""]) => label);
}
