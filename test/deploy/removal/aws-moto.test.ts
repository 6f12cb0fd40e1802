// @module-tag deploy
import { motoMissing, needMoto } from "../../servers/programs.js";
import { deployMissing } from "../prerequisites.js";
import { describeRemoval } from "./describe-removal.js";

describeRemoval({
  title: "buckets of Amazon S3 on moto_server, taken over and let go of",
  skipped: deployMissing() ?? motoMissing(),
  provider: "aws",
  region: "eu-west-3",
  // Where there is one, moto lists a version again that was deleted, for as long as Terraform asks.
  deleteMarker: false,
  start: needMoto,
});
