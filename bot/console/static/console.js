/** What every page of the console does: warns before the session idles out, and takes keys. */
import { watchIdling } from "./idle.js";
import { takeKeys } from "./shortcuts.js";

watchIdling();
takeKeys();

const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => {
    // On paper nothing can be opened.
    for (const details of document.querySelectorAll("main details")) details.open = true;
    window.print();
  });
}
