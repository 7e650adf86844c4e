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

const PARTS = ["transcript", "case-state", "why", "notes"];

/** Puts a part into the page. False while somebody is choosing in the old one: it waits until they have. */
function replace(fresh, id) {
  const [old, made] = [document.getElementById(id), fresh.getElementById(id)];
  if (old.dataset.stamp === made.dataset.stamp) return true;
  if (old.contains(document.activeElement) && document.activeElement.matches("select, input, textarea")) return false;
  const opened = [...old.querySelectorAll("details")].map((details) => details.open);
  old.replaceWith(made);
  made.querySelectorAll("details").forEach((details, place) => (details.open = opened[place] ?? details.open));
  if (id === "transcript") toEnd();
  return true;
}

function setAll(name, value) {
  for (const field of document.querySelectorAll(`main input[name="${name}"]`)) field.value = value;
}

let waits = false;

async function renew() {
  const seen = document.hidden ? 0 : 1;
  const fresh = await fragment(`/staff/cases/${reference}/live?seen=${seen}`);
  const now = fresh.getElementById("case-state").dataset.status;
  waits = PARTS.map((id) => replace(fresh, id)).includes(false);
  // A person decides on what is before them, so the forms go by that, and not by what has come since.
  setAll("seen", document.getElementById("transcript").dataset.newest);
  if (!waits) {
    const { version, holder } = document.getElementById("case-state").dataset;
    setAll("version", version);
    setAll("holder", holder);
  }
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
addEventListener("focusout", () => waits && setTimeout(() => renew().catch(() => {})));
if (!before) listen(`?case=${reference}`, renew, (connected) => page.classList.toggle("offline", !connected));
