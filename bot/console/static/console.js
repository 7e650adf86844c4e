/** What every page of the console does: warns before the session idles out. */
import { watchIdling } from "./idle.js";

watchIdling();
