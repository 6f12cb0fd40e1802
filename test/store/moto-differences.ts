/** What moto is known to do otherwise, by the title of the test that it is left out of. */
export const MOTO_DIFFERENCES: Readonly<Record<string, string>> = {
  'the key "line\\nbreak" is listed, read and copied onto itself, and no other key':
    "a newline in a key is a 404 of the framework beneath moto",
  "an object copied in parts is whole, and an upload that is aborted is gone":
    "moto answers 500 to the ACL of an object that was uploaded in parts",
  "a copy of another version than was seen is refused, and changes nothing": "moto ignores conditions on the source",
  "a body that is not what its digest says is not put": "moto does not look at digests",
  "an upload that is unknown is not found": "moto answers 500 to completing it",
  "versions and delete markers are listed mixed, by key and newest first":
    "moto lists all delete markers after all versions",
  "an SSE-C object without its key is a bad request to HEAD, and to GET": "moto keeps SSE-C objects open to everyone",
};
