// @module-tag deploy
import { motoMissing, needMoto } from "../../servers/programs.js";
import { deployMissing } from "../prerequisites.js";
import { describeRemoval } from "./describe-removal.js";

describeRemoval({
  title: "buckets of Amazon S3 on moto_server, taken over and let go of",
  skipped: deployMissing() ?? motoMissing(),
  provider: "aws",
  region: "eu-west-3",
  // If the bucket has one, moto lists a version that was deleted again, for as long as Terraform asks.
  deleteMarker: false,
  start: needMoto,
});
