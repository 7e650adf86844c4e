/** The open case: its state and its conversation renew themselves; what is being typed stays. */
import { fragment, listen } from "./events.js";

const page = document.querySelector(".case");
const { case: reference, before } = page.dataset;
const status = () => document.getElementById("case-state").dataset.status;
const statusAtLoad = status();

function toEnd() {
  const log = document.querySelector("#transcript .log");
  log.scrollTop = log.scrollHeight;
}

function replace(fresh, id) {
  const [old, made] = [document.getElementById(id), fresh.getElementById(id)];
  if (!made || old.dataset.stamp === made.dataset.stamp) return false;
  if (old.contains(document.activeElement) && document.activeElement.matches("select, input, textarea")) return false;
  old.replaceWith(made);
  return true;
}

async function renew() {
  const seen = document.hidden ? 0 : 1;
  const fresh = await fragment(`/staff/cases/${reference}/live?seen=${seen}`);
  const { version, status: now } = fresh.getElementById("case-state").dataset;
  if (replace(fresh, "transcript")) toEnd();
  replace(fresh, "case-state");
  // What is on the page is what the person decides on, so the forms go by its version.
  for (const field of document.querySelectorAll('input[name="version"]')) field.value = version;
  if ((now === "closed") !== (statusAtLoad === "closed")) document.getElementById("outdated").hidden = false;
}

for (const offer of document.querySelectorAll(".templates")) {
  offer.hidden = false;
  offer.addEventListener("click", ({ target }) => {
    const text = target.dataset.template;
    const field = document.getElementById("message");
    if (!text) return;
    field.value = text;
    field.focus();
  });
}
for (const form of document.querySelectorAll("main form")) {
  // A second click sends nothing twice.
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true))));
}

if (location.hash.startsWith("#m")) document.querySelector(location.hash)?.scrollIntoView({ block: "center" });
else toEnd();
if (!before) listen(`?case=${reference}`, renew, (connected) => page.classList.toggle("offline", !connected));
