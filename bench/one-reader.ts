// Lists a bucket as one reader does, one page after the other, and prints how many keys there are.
//   npx tsx bench/one-reader.ts ENDPOINT/BUCKET
const [, , bucket = ""] = process.argv;
let keys = 0;
let token: string | undefined = "";
while (token !== undefined) {
  const after: string = token === "" ? "" : `&continuation-token=${encodeURIComponent(token)}`;
  const page: string = await (await fetch(`${bucket}?list-type=2${after}`)).text();
  keys += Number(/<KeyCount>(\d+)</.exec(page)?.[1]);
  token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1];
}
process.stdout.write(`${keys}\n`);
