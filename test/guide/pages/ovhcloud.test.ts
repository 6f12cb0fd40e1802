// @module-tag deploy
// @module-tag slow
import { describePage } from "./walk-page.js";

describePage("ovhcloud", ["aws", "bash"]);
