import { describePage } from "./describe-page.js";

describePage("ovhcloud", ["aws", "bash"]);
