// @module-tag deploy
// @module-tag slow
import { describePage } from "./describe-page.js";

describePage("ovhcloud", ["aws", "bash"]);
