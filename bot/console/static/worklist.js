/**
 * The open worklist. A changed row is replaced in its place and a new one appears under "Just in", which has its room
 * reserved: nothing that somebody is about to click moves. "Put in order" (or leaving the tab) sorts all rows anew.
 */
import { alertOf, offerAlerts } from "./alerts.js";
import { fragment, listen } from "./events.js";

const byId = (id) => document.getElementById(id);
const list = byId("rows");
const title = document.title;
const LOOK_MS = 30_000;

function rowsOf(parent) {
  return new Map([...parent.querySelectorAll(".row")].map((row) => [row.dataset.id, row]));
}

function showCounts({ waiting, all, emergency, urgent, clarify, routine }) {
  const counts = { waiting, all, emergency, urgent, clarify, routine };
  for (const [name, value] of Object.entries(counts)) {
    const shown = byId(`n-${name}`);
    if (shown.textContent !== value) shown.textContent = value;
  }
  document.title = Number(waiting) ? `(${waiting}) ${title}` : title;
}

/** Waiting times go on between two renewals. */
function showAges() {
  for (const age of document.querySelectorAll(".age:not([data-still])")) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(age.dataset.since)) / 60000));
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    const two = String(minutes % 60).padStart(2, "0");
    const words = hours ? `${hours} h ${two} min` : `${minutes} min`;
    age.textContent = days ? `${days} ${days === 1 ? "day" : "days"} ${hours % 24} h` : words;
  }
}

function showArrivals() {
  const arrivals = byId("arrivals");
  arrivals.toggleAttribute("data-empty", byId("arrived").children.length === 0);
}

function showNothing() {
  byId("nothing")?.toggleAttribute("hidden", list.children.length + byId("arrived").children.length > 0);
}

function showAlarms(fresh) {
  const [old, made] = [byId("alarms"), fresh.querySelector("#alarms")];
  if (old.textContent !== made.textContent) {
    old.replaceChildren(...made.children);
    old.hidden = made.hidden;
  }
}

function order(fresh) {
  list.replaceChildren(...fresh.querySelectorAll(".row"));
  byId("arrived").replaceChildren();
  showNothing();
  showArrivals();
}

function merge(fresh) {
  const shown = rowsOf(document);
  const now = rowsOf(fresh);
  const rank = { emergency: 0, urgent: 1, clarify: 2, routine: 3 };
  const arrived = [];
  for (const [id, row] of now) {
    const old = shown.get(id);
    if (!old) {
      byId("arrived").append(row);
      arrived.push(row);
    } else if (old.dataset.stamp !== row.dataset.stamp) {
      const focused = old.contains(document.activeElement);
      row.classList.add("changed");
      old.replaceWith(row);
      if (focused) row.querySelector("a").focus({ preventScroll: true });
    }
  }
  for (const [id, row] of shown) {
    if (!now.has(id)) row.classList.add("gone");
  }
  const sorted = [...byId("arrived").children].sort((a, b) => rank[a.dataset.disposition] - rank[b.dataset.disposition]);
  if (arrived.length) byId("arrived").replaceChildren(...sorted);
  showNothing();
  showArrivals();
  if (arrived.length) alertOf(arrived.map((row) => row.dataset.disposition));
}

async function renew(sort = document.hidden) {
  const since = encodeURIComponent(list.dataset.since);
  const shown = [...rowsOf(document).keys()].join();
  const rows = await fragment(`/staff/rows?${list.dataset.query}&since=${since}&shown=${shown}`);
  const fresh = rows.getElementById("fresh");
  showCounts(fresh.dataset);
  showAlarms(fresh);
  if (sort) {
    const before = rowsOf(document);
    const arrived = [...rowsOf(fresh)].filter(([id]) => !before.has(id)).map(([, row]) => row.dataset.disposition);
    order(fresh);
    if (arrived.length) alertOf(arrived);
  } else {
    merge(fresh);
  }
  showAges();
}

if (list.hasAttribute("data-live")) {
  offerAlerts(byId("sound"), byId("notify"));
  byId("in-order").addEventListener("click", () => renew(true));
  const look = listen("", () => renew(), (connected) => {
    byId("live-state").textContent = connected ? "Live" : "Not connected: trying again, and asking every five seconds";
    byId("live-state").classList.toggle("late", !connected);
  });
  // What only time changes: a case is overdue, a copy of the server has stopped.
  setInterval(look, LOOK_MS);
}
setInterval(showAges, 30_000);
